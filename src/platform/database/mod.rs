//! The database: one handle to read with, one to write with, over SQLite or PostgreSQL.

pub(crate) mod bulk;
mod capabilities;
mod faults;
mod group_commit;
pub(crate) mod lists;
mod pipeline;
mod postgres;
mod sqlite;
pub mod time;
pub(crate) mod together;
pub mod transactions;
mod tx;
pub(crate) mod walls;

pub use capabilities::Capabilities;
pub(crate) use faults::faults;
pub use tx::Tx;

use super::{config::Settings, statements};
use crate::error::{Error, Result};
use group_commit::GroupCommit;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, IsolationLevel, Statement, TransactionTrait,
};
use secrecy::ExposeSecret;
use sqlx::postgres::{PgListener, PgPoolOptions};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// How long a transaction waits to be alone.
const PATIENCE: Duration = Duration::from_secs(60);

/// Handles to the database, cheap to clone.
#[derive(Clone)]
pub struct Database {
    writer: DatabaseConnection,
    /// SQLite: who writes next, and how long one waits for it.
    turns: Option<(GroupCommit, Duration)>,
    /// PostgreSQL: the replicas, or the primary where there are none. SQLite: a pool that can only read.
    readers: Arc<[DatabaseConnection]>,
    next_reader: Arc<AtomicUsize>,
    capabilities: Capabilities,
}

impl Database {
    /// Connects to what `DATABASE_URL` names and probes what it can do. A SQLite file is made when it is missing.
    ///
    /// # Errors
    /// Invalid, naming the setting, when a URL is malformed or the database does not answer.
    pub async fn connect(settings: &Settings) -> Result<Self> {
        let url = settings.database_url.expose_secret();
        let (writer, readers) = if url.starts_with("sqlite:") {
            if !settings.database_replica_urls.is_empty() {
                return Err(Error::invalid(
                    "DATABASE_REPLICA_URLS",
                    "SQLite has no replicas. Remove this setting, or use PostgreSQL.",
                ));
            }
            let (writer, reader) = sqlite::connect(url, settings).await?;
            (writer, vec![reader])
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let writer = postgres::connect(url, "DATABASE_URL", settings).await?;
            let mut readers = Vec::new();
            for replica in &settings.database_replica_urls {
                readers.push(
                    postgres::connect(replica.expose_secret(), "DATABASE_REPLICA_URLS", settings)
                        .await?,
                );
            }
            if readers.is_empty() {
                readers.push(writer.clone());
            }
            (writer, readers)
        } else {
            return Err(Error::invalid(
                "DATABASE_URL",
                "It must begin with sqlite:// or postgres://, for example sqlite://tradewind.db.",
            ));
        };
        let capabilities = Capabilities::probe(&writer).await?;
        let patience = Duration::from_millis(settings.database_acquire_timeout_ms);
        let is_sqlite = writer.get_database_backend() == DbBackend::Sqlite;
        Ok(Self {
            writer,
            turns: is_sqlite.then(|| (GroupCommit::new(), patience)),
            readers: readers.into(),
            next_reader: Arc::default(),
            capabilities,
        })
    }

    /// To read with. May lag behind the writer where there are replicas.
    #[must_use]
    pub fn read(&self) -> &DatabaseConnection {
        // Taking turns; one that overflows only starts the round anew.
        let turn = self.next_reader.fetch_add(1, Ordering::Relaxed);
        &self.readers[turn % self.readers.len()]
    }

    /// To write single statements with, and to read what was just written.
    #[must_use]
    pub fn write(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Opens a transaction that may write; dropped without a commit, it is rolled back. `isolation` is for PostgreSQL:
    /// on SQLite transactions that may write run one after the other anyway.
    ///
    /// # Errors
    /// Unavailable when no connection comes free in time.
    pub(crate) async fn begin(&self, isolation: Option<IsolationLevel>) -> Result<Tx> {
        if let Some((turns, patience)) = &self.turns {
            let (transaction, turn) = turns.begin(&self.writer, *patience).await?;
            return Ok(Tx::new(transaction, Some(turn)));
        }
        let transaction = self.writer.begin_with_config(isolation, None).await?;
        Ok(Tx::new(Arc::new(transaction), None))
    }

    /// A connection of its own, to hear what other processes tell.
    ///
    /// # Errors
    /// When PostgreSQL does not answer.
    pub(super) async fn listener(&self) -> Result<PgListener, sqlx::Error> {
        let options = self.writer.get_postgres_connection_pool().connect_options();
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .connect_lazy_with((*options).clone());
        PgListener::connect_with(&pool).await
    }

    /// Waits until `tx` is the only transaction that asked to be alone under `key`, until it ends. A transaction that
    /// may write is alone on SQLite anyway.
    ///
    /// # Errors
    /// Unavailable when the others take too long.
    pub(crate) async fn be_alone(&self, tx: &Tx, key: i64) -> Result<()> {
        if !self.capabilities.advisory_locks {
            return Ok(());
        }
        let sql = format!("SELECT pg_try_advisory_xact_lock({key}) AS alone");
        let give_up = Instant::now() + PATIENCE;
        // Polled, since a wait would be cut short by the lock timeout.
        while Instant::now() < give_up {
            let row = tx
                .query_one_raw(Statement::from_string(self.backend(), sql.as_str()))
                .await?;
            if row.is_some_and(|row| row.try_get("", "alone").unwrap_or_default()) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(Error::Unavailable)
    }

    /// Has PostgreSQL look at what `tables` hold by now. It plans statements by what it knows of tables, and finds out
    /// by itself only a minute or so after they have grown; until then it reads whole tables that were empty before.
    pub(crate) async fn analyze(&self, tables: &[&str]) {
        if self.backend() != DbBackend::Postgres {
            return;
        }
        for table in tables {
            let sql = format!("ANALYZE {table}");
            if let Err(error) = self.writer.execute_unprepared(&sql).await {
                // It is only slower without.
                tracing::debug!(table, %error, "a table could not be analyzed");
            }
        }
    }

    /// Which database it is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// What it can do beyond plain SQL.
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    /// Connections in use and idle, of the writer and of each reader, for the gauges.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolUse> {
        let mut pools = vec![pool_use("writer", &self.writer)];
        if self.backend() == DbBackend::Sqlite || self.readers.len() > 1 {
            pools.extend(self.readers.iter().map(|reader| pool_use("reader", reader)));
        }
        pools
    }

    /// Closes every connection; SQLite then folds its log into the file.
    pub async fn close(self) {
        for reader in self.readers.iter() {
            let _ = reader.close_by_ref().await;
        }
        let _ = self.writer.close_by_ref().await;
    }
}

/// How busy a pool of connections is.
#[derive(Clone, Copy, Debug)]
pub struct PoolUse {
    /// `writer` or `reader`.
    pub role: &'static str,
    /// Connections that wait for work.
    pub idle: u32,
    /// Connections at work.
    pub busy: u32,
}

fn pool_use(role: &'static str, connection: &DatabaseConnection) -> PoolUse {
    let (size, idle) = if connection.get_database_backend() == DbBackend::Sqlite {
        let pool = connection.get_sqlite_connection_pool();
        (pool.size(), pool.num_idle())
    } else {
        let pool = connection.get_postgres_connection_pool();
        (pool.size(), pool.num_idle())
    };
    let idle = u32::try_from(idle).unwrap_or(u32::MAX);
    PoolUse {
        role,
        idle,
        busy: size.saturating_sub(idle),
    }
}

/// Reports every statement of `connection` to [`statements`], to the metrics, and to `on_end`.
fn observed(
    mut connection: DatabaseConnection,
    on_end: impl Fn() + Send + Sync + 'static,
) -> DatabaseConnection {
    let histogram = metrics::histogram!("database_query_duration_seconds");
    connection.set_metric_callback(move |info| {
        histogram.record(info.elapsed.as_secs_f64());
        // What only tells PostgreSQL how to run a transaction is not what was asked, and what was put off was counted then.
        let sql = &info.statement.sql;
        if !sql.starts_with("SET LOCAL ") && !sql.starts_with(pipeline::PUT_OFF) {
            statements::record(info.elapsed);
        }
        on_end();
    });
    connection
}
