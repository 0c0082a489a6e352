use crate::sql::{SqlMigration, Step};

// A shop's stock, and what of it runs low. A build that was cut off leaves an invalid index behind, so each is dropped before it is
// made.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000022_stock_lists",
    up: &[
        Step::Both("DROP INDEX {concurrently} IF EXISTS stock_seller;"),
        Step::Both("CREATE INDEX {concurrently} stock_seller ON stock (seller_id, variant_id);"),
        Step::Both("DROP INDEX {concurrently} IF EXISTS stock_low;"),
        Step::Both(
            "CREATE INDEX {concurrently} stock_low ON stock (seller_id, variant_id) WHERE is_low;",
        ),
    ],
    down: &[
        Step::Both("DROP INDEX {concurrently} IF EXISTS stock_low;"),
        Step::Both("DROP INDEX {concurrently} IF EXISTS stock_seller;"),
    ],
    in_transaction: false,
};
