//! Opening a SQLite file: one writer, a few readers, safe against a power cut.

use super::{Settings, observed};
use crate::error::{Error, Result};
use sea_orm::{DatabaseConnection, SqlxSqliteConnector};
use sqlx::{
    ConnectOptions, Connection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Readers run beside each other and beside the writer; more than a few only contend for two or four cores.
const READERS: u32 = 4;

/// Opens the file and returns the writing and the reading handle.
pub(super) async fn connect(
    url: &str,
    settings: &Settings,
) -> Result<(DatabaseConnection, DatabaseConnection)> {
    let options = options(url, settings)?;
    let file = options.get_filename().display().to_string();
    let unreadable = |error: sqlx::Error| {
        Error::invalid(
            "DATABASE_URL",
            format!(
                "The SQLite file {file} cannot be opened ({error}). Check that its folder exists and is writable."
            ),
        )
    };
    let (writer_progress, reader_progress) = (Progress::default(), Progress::default());
    // The writer first: it makes the file and turns on the write-ahead log. It comes by most of what there is, where readers keep to a few
    // tables each; and folds the log into the file less often than it would, since pages are written once for all their changes then.
    let writing = options.clone().pragma("cache_size", "-32000");
    let writer = pool(1, settings, &writer_progress)
        .connect_with(writing.pragma("wal_autocheckpoint", "4000"))
        .await
        .map_err(&unreadable)?;
    let reader = pool(READERS, settings, &reader_progress)
        .connect_with(options.pragma("query_only", "ON"))
        .await
        .map_err(&unreadable)?;
    Ok((
        observed(
            SqlxSqliteConnector::from_sqlx_sqlite_pool(writer),
            move || writer_progress.note(),
        ),
        observed(
            SqlxSqliteConnector::from_sqlx_sqlite_pool(reader),
            move || reader_progress.note(),
        ),
    ))
}

fn options(url: &str, settings: &Settings) -> Result<SqliteConnectOptions> {
    let options: SqliteConnectOptions = url.parse().map_err(|error: sqlx::Error| {
        Error::invalid(
            "DATABASE_URL",
            format!("It is not a SQLite URL such as sqlite://tradewind.db ({error})."),
        )
    })?;
    Ok(options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL would lose acknowledged commits in a power cut: the log is synced only at checkpoints.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_millis(
            settings.database_lock_timeout_ms.max(5_000),
        ))
        .pragma("cache_size", "-8000")
        .pragma("temp_store", "MEMORY")
        .pragma("mmap_size", "268435456")
        .statement_cache_capacity(256)
        // A thread that reads ahead of whoever takes the rows need not be woken for them one by one; pages are smaller.
        .row_buffer_size(1_024)
        .disable_statement_logging())
}

fn pool(max_connections: u32, settings: &Settings, progress: &Progress) -> SqlitePoolOptions {
    let progress = progress.clone();
    let statement_timeout = Duration::from_millis(settings.database_statement_timeout_ms);
    SqlitePoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(Duration::from_millis(settings.database_acquire_timeout_ms))
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |connection, _| {
            let mut watch = StatementWatch::new(statement_timeout, progress.clone());
            Box::pin(async move {
                connection
                    .lock_handle()
                    .await?
                    .set_progress_handler(StatementWatch::STEPS, move || watch.may_go_on());
                Ok(())
            })
        })
        // Some errors end a transaction behind the driver's back, which then refuses to begin another.
        .after_release(|connection, _| {
            Box::pin(async move {
                if connection.is_in_transaction() {
                    // What was dropped is rolled back by then.
                    connection.ping().await?;
                }
                Ok(!connection.is_in_transaction())
            })
        })
}

/// When a statement last came to its end on a pool.
#[derive(Clone)]
struct Progress(Arc<Mutex<Instant>>);

impl Default for Progress {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }
}

impl Progress {
    fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn last(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stops statements that run for too long: SQLite has no timeout of its own, only a call back every so many steps
/// of its virtual machine, which does not say where a statement began. It began after the last pause in the calls,
/// and after the last end of a statement on its pool.
///
/// Where a pool has several connections, that end may have been another's: a statement is given longer while others
/// get through, and is stopped in time where nothing gets through any more.
struct StatementWatch {
    limit: Duration,
    progress: Progress,
    began: Instant,
    last_call: Instant,
}

impl StatementWatch {
    /// About a millisecond of work.
    const STEPS: i32 = 100_000;
    const PAUSE: Duration = Duration::from_millis(100);

    fn new(limit: Duration, progress: Progress) -> Self {
        let now = Instant::now();
        Self {
            limit,
            progress,
            began: now,
            last_call: now,
        }
    }

    fn may_go_on(&mut self) -> bool {
        let now = Instant::now();
        if now - self.last_call > Self::PAUSE {
            self.began = now;
        }
        self.last_call = now;
        self.began = self.began.max(self.progress.last());
        now.saturating_duration_since(self.began) < self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_statement_that_does_not_end_is_stopped() {
        let limit = Duration::from_millis(40);
        let calls = |progress: &Progress, ends: bool| {
            let mut watch = StatementWatch::new(limit, progress.clone());
            (0..12).all(|_| {
                std::thread::sleep(Duration::from_millis(10));
                if ends {
                    progress.note();
                }
                watch.may_go_on()
            })
        };
        assert!(calls(&Progress::default(), true));
        assert!(!calls(&Progress::default(), false));
    }
}
