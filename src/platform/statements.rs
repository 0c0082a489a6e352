//! Counts the SQL statements of one piece of work and the time they took.
//!
//! The database handle reports every statement here; whoever wants to know (the HTTP edge for `Server-Timing` and
//! its log line, tests for their budgets) runs its work inside [`counted`].

use std::{cell::Cell, future::Future, time::Duration};

/// What a piece of work cost the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statements {
    /// How many statements ran.
    pub count: u32,
    /// Time spent waiting for them, summed.
    pub elapsed: Duration,
}

tokio::task_local! {
    static CURRENT: Cell<Statements>;
}

/// Runs `work` and tells what it cost. Statements of tasks that `work` spawns are not seen.
pub async fn counted<T>(work: impl Future<Output = T>) -> (T, Statements) {
    CURRENT
        .scope(Cell::default(), async {
            let value = work.await;
            (value, CURRENT.with(Cell::get))
        })
        .await
}

/// Adds one statement to the work that runs now, if anyone counts.
pub(super) fn record(elapsed: Duration) {
    let _ = CURRENT.try_with(|current| {
        let so_far = current.get();
        current.set(Statements {
            count: so_far.count + 1,
            elapsed: so_far.elapsed + elapsed,
        });
    });
}
