use crate::sql::{SqlMigration, Step};

// A worker that dies takes down all that it was at, and most of that is not to blame: such attempts are counted apart.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000031_job_losses",
    up: &[Step::Both(
        "ALTER TABLE job ADD COLUMN losses bigint NOT NULL DEFAULT 0;",
    )],
    down: &[Step::Both("ALTER TABLE job DROP COLUMN losses;")],
    in_transaction: true,
};
