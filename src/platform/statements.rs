//! Counts the SQL statements of one piece of work and the time they took.
//!
//! The database handle reports every statement here; whoever wants to know (the HTTP edge for `Server-Timing` and
//! its log line, tests for their budgets) runs its work inside [`counted`].

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

/// What a piece of work cost the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statements {
    /// How many statements ran.
    pub count: u32,
    /// Time spent waiting for them, summed.
    pub elapsed: Duration,
}

/// The count of a piece of work, to be carried into tasks that do a part of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(Arc<Sums>);

#[derive(Debug, Default)]
struct Sums {
    count: AtomicU32,
    nanoseconds: AtomicU64,
}

impl Tally {
    fn sums(&self) -> Statements {
        Statements {
            count: self.0.count.load(Ordering::Relaxed),
            elapsed: Duration::from_nanos(self.0.nanoseconds.load(Ordering::Relaxed)),
        }
    }
}

tokio::task_local! {
    static CURRENT: Tally;
}

/// Runs `work` and tells what it cost. Statements of tasks that `work` spawns are seen where they run in [`counted_in`].
pub async fn counted<T>(work: impl Future<Output = T>) -> (T, Statements) {
    let tally = Tally::default();
    let value = CURRENT.scope(tally.clone(), work).await;
    (value, tally.sums())
}

/// The count of the present work, if anyone counts.
pub(crate) fn current() -> Option<Tally> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Runs `work` as a part of the work that `tally` is of.
pub(crate) async fn counted_in<T>(tally: Option<Tally>, work: impl Future<Output = T>) -> T {
    CURRENT.scope(tally.unwrap_or_default(), work).await
}

/// Adds one statement to the work that runs now, if anyone counts.
pub(super) fn record(elapsed: Duration) {
    let _ = CURRENT.try_with(|current| {
        let nanoseconds = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        current.0.count.fetch_add(1, Ordering::Relaxed);
        current
            .0
            .nanoseconds
            .fetch_add(nanoseconds, Ordering::Relaxed);
    });
}
