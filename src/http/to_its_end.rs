//! A mutation, once begun, runs to its end also when its client hangs up: the client will ask what became of it, and the
//! answer should not be "half of it".

use crate::{
    error::{Error, Result},
    platform::statements,
};
use std::time::Duration;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// Runs `work` in a task of its own, for `limit` at most. Its statements are counted with those of whoever asks, as long
/// as that one is there.
///
/// # Errors
/// Timeout when the limit is over; what has not been committed by then is rolled back.
pub(super) async fn to_its_end<T: Send + 'static>(
    tasks: &TaskTracker,
    limit: Duration,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T> {
    let counted = statements::counted_in(statements::current(), work);
    let task = tokio::time::timeout(limit, counted).in_current_span();
    match tasks.spawn(task).await {
        Ok(done) => done.map_err(|_| Error::Timeout),
        // Caught and answered like any other by whoever asks, if that one is still there.
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // Only the end of the process stops a task.
        Err(_) => Err(Error::Unavailable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        future::pending,
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
    };

    const LIMIT: Duration = Duration::from_secs(5);

    #[tokio::test(start_paused = true)]
    async fn goes_on_without_whoever_asked() {
        let tasks = TaskTracker::new();
        let is_done = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&is_done);
        let work = async move {
            tokio::time::sleep(Duration::from_secs(2)).await;
            done.store(true, Ordering::Relaxed);
        };
        let asked = to_its_end(&tasks, LIMIT, work);
        let hangs_up = tokio::time::timeout(Duration::from_secs(1), asked).await;
        assert!(hangs_up.is_err() && !is_done.load(Ordering::Relaxed));
        tasks.close();
        tasks.wait().await;
        assert!(is_done.load(Ordering::Relaxed));
    }

    #[tokio::test(start_paused = true)]
    async fn but_not_for_ever() {
        let tasks = TaskTracker::new();
        let stopped = to_its_end(&tasks, LIMIT, pending::<()>()).await;
        assert!(matches!(stopped, Err(Error::Timeout)));
        assert!(tasks.is_empty());
    }

    #[tokio::test]
    #[should_panic(expected = "on purpose")]
    async fn and_panics_are_passed_on() {
        let _ = to_its_end(&TaskTracker::new(), LIMIT, async { panic!("on purpose") }).await;
    }
}
