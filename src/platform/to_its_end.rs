//! What must not be left half way when whoever asked for it is gone.

use super::statements;
use crate::error::{Error, Result};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// Runs `work` in a task of its own, which goes on when nobody waits for it any more. Its statements are counted with those
/// of whoever asks; the deadline is not carried over.
///
/// # Errors
/// Unavailable when the process ends first.
pub(crate) async fn to_its_end<T: Send + 'static>(
    tasks: &TaskTracker,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T> {
    let counted = statements::counted_in(statements::current(), work);
    match tasks.spawn(counted.in_current_span()).await {
        Ok(done) => Ok(done),
        // Caught and answered like any other by whoever asks, if that one is still there.
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(Error::Unavailable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::resilience::deadline;
    use std::{
        future::pending,
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
        time::Duration,
    };

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn goes_on_without_whoever_asked() {
        let tasks = TaskTracker::new();
        let is_done = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&is_done);
        let work = async move {
            tokio::time::sleep(2 * SECOND).await;
            done.store(true, Ordering::Relaxed);
        };
        let hung_up = deadline::within(SECOND, to_its_end(&tasks, work)).await;
        assert!(hung_up.is_err() && !is_done.load(Ordering::Relaxed));
        tasks.close();
        tasks.wait().await;
        assert!(is_done.load(Ordering::Relaxed));
    }

    #[tokio::test(start_paused = true)]
    async fn with_its_deadline_carried_over_not_for_ever() {
        let tasks = TaskTracker::new();
        let asked = deadline::within(SECOND, async {
            let in_time = deadline::within(Duration::MAX, pending::<()>());
            let work = deadline::scope(deadline::current(), in_time);
            to_its_end(&tasks, work).await
        });
        assert!(matches!(asked.await, Err(_) | Ok(Ok(Err(_)))));
        tasks.close();
        tasks.wait().await;
    }

    #[tokio::test]
    #[should_panic(expected = "on purpose")]
    async fn panics_are_passed_on() {
        let _ = to_its_end(&TaskTracker::new(), async { panic!("on purpose") }).await;
    }
}
