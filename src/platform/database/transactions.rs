//! What a transaction carries beside its statements: that it is open, and what is to be done when it is committed.
//!
//! Both travel with the task rather than in the transaction's type, so that rooms pass around the plain
//! [`Tx`](super::Tx) and nothing can forget to pass the rest.

use crate::{
    error::{Error, Result},
    platform::wakes::Topic,
};
use std::cell::RefCell;

tokio::task_local! {
    static OPEN: RefCell<AfterCommit>;
}

/// What is to be done after a commit, and only then.
#[derive(Default)]
pub(crate) struct AfterCommit {
    /// Who is woken.
    pub(crate) topics: Vec<Topic>,
    /// What this process does with what it remembers.
    pub(crate) work: Vec<Box<dyn FnOnce() + Send>>,
}

/// Whether the present task has a transaction open. Whoever is about to call over a network asks: locks and a
/// connection would be held for as long as the other side takes.
#[must_use]
pub fn is_open() -> bool {
    OPEN.try_with(|_| ()).is_ok()
}

/// Refuses `what` while one is open: it may ask over a network.
///
/// # Errors
/// Internal.
pub(crate) fn refuse(what: &str) -> Result<()> {
    if !is_open() {
        return Ok(());
    }
    Err(Error::internal(anyhow::anyhow!(
        "{what} was called inside a database transaction"
    )))
}

/// Has whoever waits for `topic` woken once the open transaction is committed, and not before: they would find nothing.
pub(crate) fn wake_after_commit(topic: Topic) {
    // Outside a transaction there is nothing to wait for, and polling finds what was written all the same.
    let _ = OPEN.try_with(|after| {
        let topics = &mut after.borrow_mut().topics;
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    });
}

/// Has `work` done in this process once the open transaction is committed, such as forgetting what it remembered. Not for what
/// must happen: the process may end in between. Nothing is done where no transaction is open.
pub(crate) fn after_commit(work: impl FnOnce() + Send + 'static) {
    let _ = OPEN.try_with(|after| after.borrow_mut().work.push(Box::new(work)));
}

/// Runs `work` as what happens in a transaction, and tells what is to be done after its commit.
pub(crate) async fn scope<T>(work: impl Future<Output = T>) -> (T, AfterCommit) {
    OPEN.scope(RefCell::default(), async {
        let value = work.await;
        (value, OPEN.with(RefCell::take))
    })
    .await
}
