//! A mutation, once begun, runs to its end also when its client hangs up: the client will ask what became of it, and the
//! answer should not be "half of it".

use crate::{
    error::{Error, Result},
    platform::{resilience::deadline, statements},
};
use std::time::Duration;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// Runs `work` in a task of its own, under the deadline of whoever asks. Its statements are counted with that one's, as long
/// as it is there.
///
/// # Errors
/// Timeout when the deadline comes first; what has not been committed by then is rolled back.
pub(super) async fn to_its_end<T: Send + 'static>(
    tasks: &TaskTracker,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T> {
    let counted = statements::counted_in(statements::current(), work);
    let in_time = deadline::within(Duration::MAX, counted);
    let task = deadline::scope(deadline::current(), in_time).in_current_span();
    match tasks.spawn(task).await {
        Ok(done) => Ok(done?),
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
        let asked = deadline::within(LIMIT, to_its_end(&tasks, work));
        let hangs_up = tokio::time::timeout(Duration::from_secs(1), asked).await;
        assert!(hangs_up.is_err() && !is_done.load(Ordering::Relaxed));
        tasks.close();
        tasks.wait().await;
        assert!(is_done.load(Ordering::Relaxed));
    }

    #[tokio::test(start_paused = true)]
    async fn but_not_for_ever() {
        let tasks = TaskTracker::new();
        let stopped = deadline::within(LIMIT, to_its_end(&tasks, pending::<()>())).await;
        assert!(matches!(stopped, Err(_) | Ok(Err(Error::Timeout))));
        tasks.close();
        tasks.wait().await;
    }

    #[tokio::test]
    #[should_panic(expected = "on purpose")]
    async fn and_panics_are_passed_on() {
        let _ = to_its_end(&TaskTracker::new(), async { panic!("on purpose") }).await;
    }
}
