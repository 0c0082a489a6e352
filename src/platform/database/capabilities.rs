//! What a database can do beyond plain SQL, found out once by trying. Everything that uses one of these has a way
//! without it: SQLite has none of them, and servers that speak PostgreSQL's protocol have some.

use crate::error::Result;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, TransactionTrait};

/// What the database at hand can do.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, not a state"
)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Rows that another transaction holds can be passed over: `FOR UPDATE SKIP LOCKED`.
    pub skip_locked: bool,
    /// Sessions can wake each other: `LISTEN` and `NOTIFY`.
    pub listen_notify: bool,
    /// Locks on a number rather than a row.
    pub advisory_locks: bool,
    /// Constraints that are checked at commit.
    pub deferred_triggers: bool,
    /// Tables in partitions by range.
    pub partitions: bool,
}

impl Capabilities {
    /// Tries each on `connection`, in a transaction that is rolled back.
    ///
    /// # Errors
    /// Unavailable when the database does not answer.
    pub(super) async fn probe(connection: &DatabaseConnection) -> Result<Self> {
        if connection.get_database_backend() == DbBackend::Sqlite {
            return Ok(Self::default());
        }
        let can = async |sql: &str| -> Result<bool> {
            let tx = connection.begin().await?;
            let worked = tx.execute_unprepared(sql).await.is_ok();
            tx.rollback().await?;
            Ok(worked)
        };
        Ok(Self {
            skip_locked: can(
                "CREATE TEMPORARY TABLE probe (id int) ON COMMIT DROP; SELECT id FROM probe FOR UPDATE SKIP LOCKED",
            )
            .await?,
            listen_notify: can("LISTEN tradewind_probe; NOTIFY tradewind_probe").await?,
            advisory_locks: can("SELECT pg_try_advisory_xact_lock(0)").await?,
            deferred_triggers: can(
                "CREATE TEMPORARY TABLE probe (id int UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP",
            )
            .await?,
            partitions: can(
                "CREATE TEMPORARY TABLE probe (id int) PARTITION BY RANGE (id); \
                 CREATE TEMPORARY TABLE probe_1 PARTITION OF probe FOR VALUES FROM (0) TO (1)",
            )
            .await?,
        })
    }
}
