//! Group commit, for SQLite: transactions that wait for each other share a commit.
//!
//! One transaction writes at a time, and its commit (pages copied to the log, the log synced) takes as long as what it did. So whoever
//! waits while a transaction writes goes on where that one ends, behind a savepoint of its own, and one commit is for all of them. Nobody is
//! told of success before that commit is on the disk; where it fails, it failed for all. Who is alone waits for nobody, and takes
//! nothing more than without this. ("Implementation Techniques for Main Memory Database Systems", SIGMOD 1984.)

use crate::error::{Error, Result};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard, oneshot},
    time::timeout,
};

/// So many share a commit at most: whoever came first waits for the others.
const MOST: usize = 16;

/// Those who write, one after the other in the order in which they came.
#[derive(Clone)]
pub(super) struct GroupCommit {
    turn: Arc<Mutex<Option<Group>>>,
    waiting: Arc<AtomicUsize>,
    /// Where groups are committed: whoever is in one may be stopped any time, and its runtime may end.
    runtime: Handle,
}

/// Transactions that ended, and are not committed yet.
///
/// Whenever the turn is free and there is a group, a task waits for the turn to commit it, behind those who waited when the group was formed.
struct Group {
    /// That of the first of them, in which the others had savepoints.
    transaction: Arc<DatabaseTransaction>,
    members: Vec<oneshot::Sender<Result<()>>>,
    /// The last one did not come to a good end, and nobody else joins: what it did is still to be undone, and some errors have SQLite
    /// undo all of it. (<https://www.sqlite.org/lang_transaction.html>, "Response To Errors Within A Transaction")
    is_closed: bool,
}

impl GroupCommit {
    /// Groups are committed on the present runtime.
    pub(super) fn new() -> Self {
        Self {
            turn: Arc::default(),
            waiting: Arc::default(),
            runtime: Handle::current(),
        }
    }

    /// Waits for a turn, `patience` at most, and begins, but for the savepoint.
    ///
    /// # Errors
    /// Unavailable when no turn comes in time; whatever the database says.
    pub(super) async fn begin(
        &self,
        writer: &DatabaseConnection,
        patience: Duration,
    ) -> Result<(Arc<DatabaseTransaction>, Turn)> {
        let waiting = Waiting::of(&self.waiting);
        let turn = timeout(patience, Arc::clone(&self.turn).lock_owned()).await;
        drop(waiting);
        let mut turn = turn.map_err(|_| Error::Unavailable)?;
        if turn.as_ref().is_some_and(|group| group.is_closed) {
            let committed = self.runtime.spawn(commit(turn));
            turn = committed.await.map_err(|_| Error::Unavailable)?;
        }
        let transaction = match turn.as_mut() {
            None => Arc::new(writer.begin_with_options(immediate()).await?),
            Some(group) => {
                // Until it comes to a good end.
                group.is_closed = true;
                Arc::clone(&group.transaction)
            }
        };
        let all = self.clone();
        Ok((transaction, Turn { all, turn }))
    }
}

/// A transaction that reads before it writes cannot be promoted when another process wrote meanwhile; only one that holds the write lock from
/// the start never fails so.
fn immediate() -> TransactionOptions {
    TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    }
}

/// Commits the group, if there is one, and tells those who are in it. It is still the turn of whoever has it.
async fn commit(mut turn: OwnedMutexGuard<Option<Group>>) -> OwnedMutexGuard<Option<Group>> {
    if let Some(mut group) = turn.take() {
        let members = std::mem::take(&mut group.members);
        let done = group.commit().await;
        for member in members {
            // Who does not wait any more is not told.
            let _ = member.send(done.clone());
        }
    }
    turn
}

/// Counts whoever waits, until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn of(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whoever has this is the only one who writes.
pub(super) struct Turn {
    all: GroupCommit,
    turn: OwnedMutexGuard<Option<Group>>,
}

impl Turn {
    /// What whoever has the turn is to do first: where it goes on in the transaction of others.
    pub(super) fn savepoint(&self) -> Option<&'static str> {
        self.turn.as_ref().map(|_| "SAVEPOINT member")
    }

    /// What it is to do last, before [`commit`](Self::commit).
    pub(super) fn release(&self) -> Option<&'static str> {
        self.turn.as_ref().map(|_| "RELEASE member")
    }

    /// Ends `transaction`, and returns when it is committed. `has_failed` tells whether a statement of it did.
    ///
    /// # Errors
    /// Whatever the database says. Where the group could not be committed, this one's changes are undone with it.
    pub(super) async fn commit(
        mut self,
        transaction: Arc<DatabaseTransaction>,
        has_failed: bool,
    ) -> Result<()> {
        let is_last = self.all.waiting.load(Ordering::Relaxed) == 0;
        let group = match self.turn.as_mut() {
            None if is_last || has_failed => return end(transaction).await,
            None => {
                let turn = Arc::clone(&self.all.turn);
                let later = async move { drop(commit(turn.lock_owned().await).await) };
                self.all.runtime.spawn(later);
                self.turn.insert(Group {
                    transaction,
                    members: Vec::new(),
                    is_closed: false,
                })
            }
            Some(group) => {
                drop(transaction);
                group.is_closed = has_failed;
                group
            }
        };
        let (member, told) = oneshot::channel();
        group.members.push(member);
        if is_last || group.members.len() >= MOST {
            self.all.runtime.spawn(commit(self.turn));
        } else {
            drop(self.turn);
        }
        // Nobody tells where the server stops.
        told.await.unwrap_or(Err(Error::Unavailable))
    }
}

impl Group {
    /// Undoes what the last one did where it came to no good end, and commits the rest.
    async fn commit(self) -> Result<()> {
        if self.is_closed {
            // There may be none: it had not begun, or all was undone, and then the commit fails.
            let _ = self
                .transaction
                .execute_unprepared("ROLLBACK TO member")
                .await;
        }
        end(self.transaction).await
    }
}

/// Commits what only its owner holds.
pub(super) async fn end(transaction: Arc<DatabaseTransaction>) -> Result<()> {
    let transaction = Arc::into_inner(transaction).ok_or_else(|| {
        Error::internal(anyhow::anyhow!("a transaction was kept beyond its work"))
    })?;
    Ok(transaction.commit().await?)
}
