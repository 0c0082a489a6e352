//! Bringing the schema up to date, and back.

use super::{config::Settings, database::Database};
use crate::error::{Error, Result};
use migration::{MIGRATIONS, Migrator};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityName, EntityTrait};
use sea_orm_migration::{MigratorTrait, SchemaManager, seaql_migrations};
use std::{future::Future, time::Duration};

/// A migration and whether it has been applied.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name, which begins with its date.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

/// Every migration, oldest first, and whether it has been applied. Needs no right to change anything.
///
/// Not the migrator's own status, which fails where the database has migrations of a newer server: while one
/// version takes over from another, the older one goes on.
///
/// # Errors
/// Unavailable when the database does not answer.
pub async fn status(database: &Database) -> Result<Vec<Entry>> {
    let connection = database.write();
    let has_any = SchemaManager::new(connection)
        .has_table(seaql_migrations::Entity.table_name())
        .await?;
    let applied = if has_any {
        seaql_migrations::Entity::find().all(connection).await?
    } else {
        Vec::new()
    };
    let is_applied = |name: &str| applied.iter().any(|migration| migration.version == name);
    Ok(MIGRATIONS
        .iter()
        .map(|migration| Entry {
            name: migration.name.to_owned(),
            applied: is_applied(migration.name),
        })
        .collect())
}

/// Whether every migration has been applied.
///
/// # Errors
/// Unavailable when the database does not answer.
pub async fn are_current(database: &Database) -> Result<bool> {
    Ok(status(database).await?.iter().all(|entry| entry.applied))
}

/// Applies what is missing, at most `steps` migrations.
///
/// # Errors
/// Whatever the database says; what was applied before stays applied.
pub async fn up(settings: &Settings, steps: Option<u32>) -> Result<()> {
    alone(settings, async |connection| {
        Migrator::up(connection, steps).await
    })
    .await
}

/// Takes back the newest migrations, `steps` of them. Data in what they made is lost.
///
/// # Errors
/// Whatever the database says.
pub async fn down(settings: &Settings, steps: u32) -> Result<()> {
    alone(settings, async |connection| {
        Migrator::down(connection, Some(steps)).await
    })
    .await
}

/// Drops everything and applies every migration. All data is lost.
///
/// # Errors
/// Whatever the database says.
pub async fn fresh(settings: &Settings) -> Result<()> {
    alone(settings, async |connection| {
        Migrator::reset(connection).await?;
        Migrator::up(connection, None).await
    })
    .await
}

/// The statements of every migration as PostgreSQL would get them, for people and linters to read.
#[must_use]
pub fn postgres_sql() -> String {
    let mut sql = format!("{LOCK_TIMEOUT};\n{STATEMENT_TIMEOUT};\n");
    for migration in MIGRATIONS {
        let (begin, commit) = if migration.in_transaction {
            ("BEGIN;\n", "COMMIT;\n")
        } else {
            ("", "")
        };
        sql.push_str(&format!("\n-- {}\n{begin}", migration.name));
        for statement in migration.up_sql(DbBackend::Postgres) {
            sql.push_str(&statement);
            sql.push('\n');
        }
        sql.push_str(commit);
    }
    sql
}

/// A change that waits for a lock makes every statement behind it wait too; so it gives up soon and tries again.
const LOCK_TIMEOUT: &str = "SET lock_timeout = '500ms'";
const STATEMENT_TIMEOUT: &str = "SET statement_timeout = '600s'";
const ATTEMPTS: u32 = 20;
/// "trdw": the advisory lock that keeps two instances from migrating at once.
const ADVISORY_LOCK: i64 = 0x7472_6477;

/// Runs `work` on a connection of its own, with nobody else migrating where the database can promise that.
async fn alone<F>(settings: &Settings, work: F) -> Result<()>
where
    F: AsyncFn(&DatabaseConnection) -> Result<(), DbErr>,
{
    // One connection, so that what is set on the session holds for every statement.
    let database = Database::connect(&Settings {
        database_max_connections: 1,
        database_replica_urls: Vec::new(),
        ..settings.clone()
    })
    .await?;
    let connection = database.write();
    if database.backend() == DbBackend::Postgres {
        connection.execute_unprepared(LOCK_TIMEOUT).await?;
        connection.execute_unprepared(STATEMENT_TIMEOUT).await?;
    }
    if database.capabilities().advisory_locks {
        // Polled, since a wait would be cut short by the lock timeout above.
        let lock = format!(
            "DO $$ BEGIN IF NOT pg_try_advisory_lock({ADVISORY_LOCK}) \
             THEN RAISE EXCEPTION 'another migration is under way' USING ERRCODE = '55P03'; END IF; END $$"
        );
        retried(async || connection.execute_unprepared(&lock).await.map(|_| ())).await?;
    }
    let outcome = retried(async || work(connection).await).await;
    database.close().await;
    outcome
}

/// Repeats `work` while it fails for want of a lock.
async fn retried<Fut>(work: impl Fn() -> Fut) -> Result<()>
where
    Fut: Future<Output = Result<(), DbErr>>,
{
    for attempt in 1..=ATTEMPTS {
        match work().await {
            Err(error) if is_lock_timeout(&error) && attempt < ATTEMPTS => {
                tracing::warn!(attempt, "a migration waits for a lock");
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            Err(error) if is_lock_timeout(&error) => {
                return Err(Error::Conflict(
                    "The schema could not be changed: another transaction or another migration holds a lock. \
                     Try again when it has ended."
                        .to_owned(),
                ));
            }
            outcome => return Ok(outcome?),
        }
    }
    Ok(())
}

fn is_lock_timeout(error: &DbErr) -> bool {
    let text = error.to_string();
    // The code is lost where the migrator wraps the error.
    text.contains("55P03")
        || text.contains("lock timeout")
        || text.contains("another migration is under way")
}
