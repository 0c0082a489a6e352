//! A transaction that may write.

use super::{
    group_commit::{self, Turn},
    pipeline::{self, PUT_OFF},
    statements,
};
use crate::error::Result;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
    entity::prelude::async_trait::async_trait,
};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// A transaction that may write; dropped without a commit, it is rolled back. What needs company in one takes `&Tx`; what only
/// reads takes `&impl ConnectionTrait`.
pub struct Tx {
    // Dropped in this order: what it did is undone before another's turn comes.
    transaction: Arc<DatabaseTransaction>,
    /// On SQLite, where one writes at a time.
    turn: Option<Turn>,
    put_off: Mutex<Vec<Statement>>,
    has_failed: AtomicBool,
}

impl Tx {
    pub(super) fn new(transaction: Arc<DatabaseTransaction>, turn: Option<Turn>) -> Self {
        let begin = turn.as_ref().and_then(Turn::savepoint);
        let begin = begin.map(|sql| Statement::from_string(DbBackend::Sqlite, sql));
        Self {
            transaction,
            turn,
            put_off: Mutex::new(begin.into_iter().collect()),
            has_failed: AtomicBool::new(false),
        }
    }

    /// Has `statement` done with the next one that is asked for, or before the commit: one round trip for all that were put off. It is
    /// to return no rows, and to fail by nothing but a fault of ours; nor may it need what was put off before it, since PostgreSQL does them in any order.
    pub(crate) fn put_off(&self, statement: Statement) {
        // Counted here, since what carries it is one statement to whoever counts.
        statements::record(Duration::ZERO);
        self.waiting().push(statement);
    }

    /// Makes last what it did.
    ///
    /// # Errors
    /// Whatever the database says.
    pub(crate) async fn commit(self) -> Result<()> {
        let release = self.turn.as_ref().and_then(Turn::release);
        self.do_what_was_put_off(release).await?;
        match self.turn {
            Some(turn) => {
                let has_failed = self.has_failed.into_inner();
                turn.commit(self.transaction, has_failed).await
            }
            None => group_commit::end(self.transaction).await,
        }
    }

    /// Undoes what it did, and returns when that is done; where it is dropped, the database hears of it a moment later.
    pub(crate) async fn rollback(self) {
        // On SQLite whoever comes next sees to it.
        if self.turn.is_none()
            && let Some(transaction) = Arc::into_inner(self.transaction)
        {
            // Where the connection is broken, it is undone already.
            let _ = transaction.rollback().await;
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Statement>> {
        self.put_off.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what was put off, and `last` behind it.
    async fn do_what_was_put_off(&self, last: Option<&str>) -> Result<(), DbErr> {
        let backend = self.get_database_backend();
        let mut statements = std::mem::take(&mut *self.waiting());
        statements.extend(last.map(|sql| Statement::from_string(backend, sql)));
        for statements in pipeline::trips(backend, statements) {
            let mut all = pipeline::joined(backend, statements);
            all.sql.insert_str(0, PUT_OFF);
            self.noted(self.transaction.execute_raw(all).await)?;
        }
        Ok(())
    }

    /// `statement` with what was put off before it; on PostgreSQL, where those who read do not see what is written beside them, that is done first.
    async fn with_what_was_put_off(&self, statement: Statement) -> Result<Statement, DbErr> {
        let backend = self.get_database_backend();
        if backend == DbBackend::Postgres {
            self.do_what_was_put_off(None).await?;
            return Ok(statement);
        }
        let mut statements = std::mem::take(&mut *self.waiting());
        if statements.is_empty() {
            return Ok(statement);
        }
        statements.push(statement);
        Ok(pipeline::joined(backend, statements))
    }

    fn noted<T>(&self, done: Result<T, DbErr>) -> Result<T, DbErr> {
        if done.is_err() {
            self.has_failed.store(true, Ordering::Relaxed);
        }
        done
    }
}

#[async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        // Apart, since the rows of all of them would be counted.
        self.do_what_was_put_off(None).await?;
        self.noted(self.transaction.execute_raw(statement).await)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.do_what_was_put_off(None).await?;
        self.noted(self.transaction.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let statement = self.with_what_was_put_off(statement).await?;
        self.noted(self.transaction.query_one_raw(statement).await)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let statement = self.with_what_was_put_off(statement).await?;
        self.noted(self.transaction.query_all_raw(statement).await)
    }
}
