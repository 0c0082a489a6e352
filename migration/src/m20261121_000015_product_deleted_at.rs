use crate::sql::{SqlMigration, Step};

// For the sweep of what was deleted long ago. Built without blocking writers, so every step can be repeated.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000015_product_deleted_at",
    up: &[
        Step::Both("DROP INDEX {concurrently} IF EXISTS product_deleted_at;"),
        Step::Both(
            "CREATE INDEX {concurrently} product_deleted_at ON product (deleted_at) WHERE deleted_at IS NOT NULL;",
        ),
    ],
    down: &[Step::Both(
        "DROP INDEX {concurrently} IF EXISTS product_deleted_at;",
    )],
    in_transaction: false,
};
