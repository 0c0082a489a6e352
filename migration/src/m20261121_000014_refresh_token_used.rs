use crate::sql::{SqlMigration, Step};

// By what the sweep finds tokens that were used long ago, of which there are many. A build that was cut off leaves an
// invalid index behind, so it is dropped before it is made.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000014_refresh_token_used",
    up: &[
        Step::Both("DROP INDEX {concurrently} IF EXISTS refresh_token_used_at;"),
        Step::Both(
            "CREATE INDEX {concurrently} refresh_token_used_at ON refresh_token (used_at) WHERE used_at IS NOT NULL;",
        ),
    ],
    down: &[Step::Both(
        "DROP INDEX {concurrently} IF EXISTS refresh_token_used_at;",
    )],
    in_transaction: false,
};
