//! Opening a SQLite file: one writer, a few readers, safe against a power cut.

use super::{Settings, observed};
use crate::error::{Error, Result};
use sea_orm::{DatabaseConnection, SqlxSqliteConnector};
use sqlx::{
    ConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::time::{Duration, Instant};

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
    // The writer first: it makes the file and turns on the write-ahead log.
    let writer = pool(1, settings)
        .connect_with(options.clone())
        .await
        .map_err(&unreadable)?;
    let reader = pool(READERS, settings)
        .connect_with(options.pragma("query_only", "ON"))
        .await
        .map_err(&unreadable)?;
    Ok((
        observed(SqlxSqliteConnector::from_sqlx_sqlite_pool(writer)),
        observed(SqlxSqliteConnector::from_sqlx_sqlite_pool(reader)),
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
        .disable_statement_logging())
}

fn pool(max_connections: u32, settings: &Settings) -> SqlitePoolOptions {
    let statement_timeout = Duration::from_millis(settings.database_statement_timeout_ms);
    SqlitePoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(Duration::from_millis(settings.database_acquire_timeout_ms))
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                let mut watch = StatementWatch::new(statement_timeout);
                connection
                    .lock_handle()
                    .await?
                    .set_progress_handler(StatementWatch::STEPS, move || watch.may_go_on());
                Ok(())
            })
        })
}

/// Stops statements that run for too long: SQLite has no timeout of its own, only a call back every so many steps
/// of its virtual machine, which does not say where a statement began. A pause in the calls does.
struct StatementWatch {
    limit: Duration,
    began: Instant,
    last_call: Instant,
}

impl StatementWatch {
    /// About a millisecond of work; shorter statements are never called back.
    const STEPS: i32 = 100_000;
    const PAUSE: Duration = Duration::from_millis(100);

    fn new(limit: Duration) -> Self {
        let now = Instant::now();
        Self {
            limit,
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
        now - self.began < self.limit
    }
}
