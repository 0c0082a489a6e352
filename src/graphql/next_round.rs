//! Waiting until the task has gone round once, for whatever else it is made of to have its turn.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};
use tokio::task::yield_now;

/// Ends when the runtime comes back to the task. The `yield_now` of tokio ends when it is polled for the second time,
/// which those who share a future do within one round.
pub(super) async fn next_round() {
    let mut yielding = pin!(yield_now());
    let mut called: Option<Arc<Called>> = None;
    poll_fn(|task| match &called {
        None => {
            let new = Arc::new(Called {
                is_back: AtomicBool::new(false),
                task: task.waker().clone(),
            });
            let waker = Waker::from(Arc::clone(&new));
            called = Some(new);
            // It hands the waker to the runtime, and is not asked again.
            let _ = yielding.as_mut().poll(&mut Context::from_waker(&waker));
            Poll::Pending
        }
        Some(called) if called.is_back.load(Ordering::Acquire) => Poll::Ready(()),
        Some(_) => Poll::Pending,
    })
    .await;
}

/// Notes that the runtime called, and calls the task.
struct Called {
    is_back: AtomicBool,
    task: Waker,
}

impl Wake for Called {
    fn wake(self: Arc<Self>) {
        self.is_back.store(true, Ordering::Release);
        self.task.wake_by_ref();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::poll;

    #[tokio::test]
    async fn only_the_runtime_ends_it() {
        let mut round = pin!(next_round());
        for _ in 0..5 {
            assert!(poll!(round.as_mut()).is_pending());
        }
        round.await;
    }
}
