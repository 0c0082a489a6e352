//! Until when the work at hand must be done, known to everything it calls without being handed around.
//!
//! The HTTP edge sets it for each request, the job runner for each job. A call to another service and a transaction
//! take no longer than it leaves. It belongs to the task: whoever spawns another carries it over with [`scope`].

use crate::error::Error;
use std::{future::Future, time::Duration};
use tokio::time::Instant;

tokio::task_local! {
    static CURRENT: Option<Deadline>;
}

/// A point in time by which work must be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// The time that is left; zero when it is over.
    #[must_use]
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

/// The deadline came before the work's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the deadline came first")]
pub struct Elapsed;

impl From<Elapsed> for Error {
    fn from(_: Elapsed) -> Self {
        Self::Timeout
    }
}

/// Runs `work` until it ends, `limit` is over, or the deadline it runs under already comes, whichever is first. What
/// `work` calls sees that earliest one as its deadline.
///
/// # Errors
/// [`Elapsed`] when the work was stopped.
pub async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Result<T, Elapsed> {
    let own = Instant::now().checked_add(limit).map(Deadline);
    let Some(earliest) = own.into_iter().chain(current()).min() else {
        // A limit beyond all time.
        return Ok(work.await);
    };
    tokio::time::timeout_at(earliest.0, CURRENT.scope(Some(earliest), work))
        .await
        .map_err(|_| Elapsed)
}

/// Runs `work` under `deadline`, for a task of its own: `scope(current(), work)` there is what `work` would be here,
/// and `scope(None, work)` outlives whoever started it. Only what looks at the deadline is stopped by it.
pub async fn scope<T>(deadline: Option<Deadline>, work: impl Future<Output = T>) -> T {
    CURRENT.scope(deadline, work).await
}

/// The deadline of the work that runs now, if it has one.
#[must_use]
pub fn current() -> Option<Deadline> {
    CURRENT.try_with(|current| *current).ok().flatten()
}

/// The time that is left to the work that runs now, if it has a deadline; zero when it is over.
#[must_use]
pub fn remaining() -> Option<Duration> {
    current().map(Deadline::remaining)
}

/// Whether the work that runs now has no time left.
#[must_use]
pub fn is_over() -> bool {
    remaining() == Some(Duration::ZERO)
}

/// What PostgreSQL's `statement_timeout` must be lowered to, where the deadline leaves less than is `configured`.
/// Whole milliseconds and never zero, which both as a setting and as an answer would mean no limit.
#[must_use]
pub fn statement_timeout(configured: Duration) -> Option<Duration> {
    let left = remaining().filter(|left| configured.is_zero() || *left < configured)?;
    let milliseconds = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
    Some(Duration::from_millis(milliseconds.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn work_is_stopped_when_its_time_is_over() {
        let began = Instant::now();
        assert_eq!(within(SECOND, pending::<()>()).await, Err(Elapsed));
        assert_eq!(began.elapsed(), SECOND);
        assert_eq!(within(SECOND, async { 1 }).await, Ok(1));
        assert_eq!(within(Duration::MAX, async { remaining() }).await, Ok(None));
        assert!(matches!(Error::from(Elapsed), Error::Timeout));
    }

    #[tokio::test(start_paused = true)]
    async fn the_earlier_deadline_holds() {
        assert_eq!(remaining(), None);
        let seen = within(10 * SECOND, async {
            let outer = remaining();
            let sooner = within(SECOND, async { remaining() }).await;
            let later = within(20 * SECOND, async { remaining() }).await;
            (outer, sooner, later)
        })
        .await
        .unwrap();
        let expected = (Some(10 * SECOND), Ok(Some(SECOND)), Ok(Some(10 * SECOND)));
        assert_eq!(seen, expected);
        assert_eq!(remaining(), None);

        let began = Instant::now();
        let stopped = within(2 * SECOND, within(20 * SECOND, pending::<()>())).await;
        // The inner one ends at the same time, and is asked first.
        assert_eq!(stopped, Ok(Err(Elapsed)));
        assert_eq!(began.elapsed(), 2 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_of_its_own_takes_the_deadline_along() {
        let spawned = within(10 * SECOND, async {
            tokio::time::sleep(SECOND).await;
            let carried =
                tokio::task::JoinSet::from_iter([scope(current(), async { remaining() })]);
            let freed = tokio::task::JoinSet::from_iter([scope(None, async { remaining() })]);
            (carried.join_all().await, freed.join_all().await)
        })
        .await;
        assert_eq!(spawned, Ok((vec![Some(9 * SECOND)], vec![None])));
    }

    #[tokio::test(start_paused = true)]
    async fn statements_take_no_longer_than_is_left() {
        assert_eq!(statement_timeout(5 * SECOND), None);
        let seen = within(3 * SECOND, async {
            let unlimited = Duration::ZERO;
            let before = [
                statement_timeout(2 * SECOND),
                statement_timeout(5 * SECOND),
                statement_timeout(unlimited),
            ];
            let late = scope(
                current().map(|Deadline(at)| Deadline(at - 3 * SECOND)),
                async { (is_over(), statement_timeout(SECOND)) },
            );
            (before, late.await)
        })
        .await
        .unwrap();
        let before = [None, Some(3 * SECOND), Some(3 * SECOND)];
        assert_eq!(seen, (before, (true, Some(Duration::from_millis(1)))));
    }
}
