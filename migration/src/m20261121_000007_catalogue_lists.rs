use crate::sql::{SqlMigration, Step};

// One index per order in which the public lists products. A build that was cut off leaves an invalid index
// behind, so each is dropped before it is made.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000007_catalogue_lists",
    up: &[
        Step::Both("DROP INDEX {concurrently} IF EXISTS product_by_name;"),
        Step::Both(
            "CREATE INDEX {concurrently} product_by_name ON product (name_key, id) WHERE status = 'ACTIVE';",
        ),
        Step::Both("DROP INDEX {concurrently} IF EXISTS product_by_price;"),
        Step::Both(
            "CREATE INDEX {concurrently} product_by_price ON product (price_min, id) WHERE status = 'ACTIVE';",
        ),
        Step::Both("DROP INDEX {concurrently} IF EXISTS product_by_rating;"),
        Step::Both(
            "CREATE INDEX {concurrently} product_by_rating ON product (rating_average, id) WHERE status = 'ACTIVE';",
        ),
        Step::Postgres("DROP INDEX CONCURRENTLY IF EXISTS product_metadata;"),
        Step::Postgres(
            "CREATE INDEX CONCURRENTLY product_metadata ON product USING gin (metadata jsonb_path_ops);",
        ),
    ],
    down: &[
        Step::Both("DROP INDEX {concurrently} IF EXISTS product_by_name;"),
        Step::Both("DROP INDEX {concurrently} IF EXISTS product_by_price;"),
        Step::Both("DROP INDEX {concurrently} IF EXISTS product_by_rating;"),
        Step::Postgres("DROP INDEX CONCURRENTLY IF EXISTS product_metadata;"),
    ],
    in_transaction: false,
};
