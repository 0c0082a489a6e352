//! Migrations written in SQL, once for both databases where they agree.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// One statement or several that may run together.
///
/// In [`Step::Both`] the types that differ are written as `{uuid}`, `{timestamp}`, `{json}` and `{c_text}` (text
/// sorted by code point, so that lists come in the same order on both databases); `{strict}` ends a table
/// and `{concurrently}` stands where PostgreSQL can build an index without blocking writers.
#[derive(Clone, Copy)]
pub enum Step {
    Both(&'static str),
    Postgres(&'static str),
    Sqlite(&'static str),
}

/// A migration made of SQL.
#[derive(Clone, Copy)]
pub struct SqlMigration {
    pub name: &'static str,
    pub up: &'static [Step],
    pub down: &'static [Step],
    /// False for what PostgreSQL refuses inside a transaction, such as building an index concurrently. The steps
    /// of such a migration must be repeatable, since a failure midway leaves the first of them done.
    pub in_transaction: bool,
}

impl Step {
    /// The SQL of this step on `backend`, or nothing where the step is not for it.
    #[must_use]
    pub fn sql(self, backend: DbBackend) -> Option<String> {
        match (self, backend) {
            (Self::Both(sql), DbBackend::Postgres) => Some(
                sql.replace("{uuid}", "uuid")
                    .replace("{timestamp}", "timestamptz")
                    .replace("{json}", "jsonb")
                    .replace("{c_text}", "text COLLATE \"C\"")
                    .replace("{strict}", "")
                    .replace("{concurrently}", "CONCURRENTLY"),
            ),
            (Self::Both(sql), _) => Some(
                sql.replace("{uuid}", "blob")
                    .replace("{timestamp}", "text")
                    .replace("{json}", "text")
                    .replace("{c_text}", "text")
                    .replace("{strict}", " STRICT")
                    .replace("{concurrently} ", "")
                    // The only words in which the plain types differ.
                    .replace(" bigint", " integer")
                    .replace(" smallint", " integer")
                    .replace(" boolean", " integer"),
            ),
            (Self::Postgres(sql), DbBackend::Postgres) | (Self::Sqlite(sql), DbBackend::Sqlite) => {
                Some(sql.to_owned())
            }
            _ => None,
        }
    }
}

impl SqlMigration {
    /// The statements that apply this migration on `backend`.
    pub fn up_sql(&self, backend: DbBackend) -> impl Iterator<Item = String> {
        self.up.iter().filter_map(move |step| step.sql(backend))
    }

    async fn run(steps: &[Step], manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let backend = manager.get_database_backend();
        for sql in steps.iter().filter_map(|step| step.sql(backend)) {
            connection.execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}

impl MigrationName for SqlMigration {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SqlMigration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Self::run(self.up, manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Self::run(self.down, manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(self.in_transaction)
    }
}
