//! What a transaction carries beside its statements: that it is open, and what is to be done when it is committed.
//!
//! Both travel with the task rather than in the transaction's type, so that rooms pass around the plain
//! [`Tx`](super::Tx) and nothing can forget to pass the rest.

use crate::{
    error::{Error, Result},
    platform::{
        cache::{CacheTag, Purger},
        wakes::Topic,
    },
};
use entity::ids::EventId;
use std::{cell::RefCell, sync::Arc};

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
    /// What is taken out of the caches.
    pub(crate) purges: Purges,
}

/// What a transaction makes untrue in the caches of this process.
#[derive(Default)]
pub(crate) struct Purges {
    purger: Option<Arc<Purger>>,
    tags: Vec<CacheTag>,
    /// The events that tell other processes the same.
    events: Vec<EventId>,
    /// Whether the database was asked to commit.
    may_be_committed: bool,
}

impl Purges {
    fn of(purger: Arc<Purger>) -> Self {
        Self {
            purger: Some(purger),
            tags: Vec::new(),
            events: Vec::new(),
            may_be_committed: false,
        }
    }

    /// Takes it out, now that the transaction is committed.
    pub(crate) fn committed(mut self) {
        if let Some(purger) = self.purger.take() {
            purger.purge(&self.tags);
            purger.note(std::mem::take(&mut self.events));
        }
    }
}

impl Drop for Purges {
    /// A commit that failed, or that nobody waited for to its end, may have been done all the same. Whatever is read before it
    /// is, goes when its events come back by the feed.
    fn drop(&mut self) {
        if let (Some(purger), true) = (&self.purger, self.may_be_committed) {
            purger.purge(&self.tags);
        }
    }
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

/// Has `tags` taken out of the caches of this process before anyone is told of the commit of the open transaction; other processes
/// hear it by `events`.
pub(crate) fn purge_after_commit(tags: Vec<CacheTag>, events: Vec<EventId>) {
    let _ = OPEN.try_with(|after| {
        let purges = &mut after.borrow_mut().purges;
        purges.tags.extend(tags);
        purges.events.extend(events);
    });
}

/// The database is asked to commit the open transaction next.
pub(crate) fn about_to_commit() {
    let _ = OPEN.try_with(|after| after.borrow_mut().purges.may_be_committed = true);
}

/// Runs `work` as what happens in a transaction, and tells what is to be done after its commit.
pub(crate) async fn scope<T>(
    purger: Arc<Purger>,
    work: impl Future<Output = T>,
) -> (T, AfterCommit) {
    let after = AfterCommit {
        purges: Purges::of(purger),
        ..AfterCommit::default()
    };
    OPEN.scope(RefCell::new(after), async {
        let value = work.await;
        (value, OPEN.with(RefCell::take))
    })
    .await
}
