//! What a transaction carries beside its statements: that it is open, and whom to wake when it is committed.
//!
//! Both travel with the task rather than in the transaction's type, so that rooms pass around the plain
//! [`Tx`](super::Tx) and nothing can forget to pass the rest.

use crate::platform::wakes::Topic;
use std::cell::RefCell;

tokio::task_local! {
    static OPEN: RefCell<Vec<Topic>>;
}

/// Whether the present task has a transaction open. Whoever is about to call over a network asks: locks and a
/// connection would be held for as long as the other side takes.
#[must_use]
pub fn is_open() -> bool {
    OPEN.try_with(|_| ()).is_ok()
}

/// Has whoever waits for `topic` woken once the open transaction is committed, and not before: they would find nothing.
pub(crate) fn wake_after_commit(topic: Topic) {
    // Outside a transaction there is nothing to wait for, and polling finds what was written all the same.
    let _ = OPEN.try_with(|topics| {
        let mut topics = topics.borrow_mut();
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    });
}

/// Runs `work` as what happens in a transaction, and tells whom to wake after its commit.
pub(crate) async fn scope<T>(work: impl Future<Output = T>) -> (T, Vec<Topic>) {
    OPEN.scope(RefCell::default(), async {
        let value = work.await;
        (value, OPEN.with(RefCell::take))
    })
    .await
}
