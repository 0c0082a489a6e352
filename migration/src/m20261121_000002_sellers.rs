use crate::sql::{SqlMigration, Step};

pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000002_sellers",
    up: &[Step::Both(
        "CREATE TABLE seller (
            id {uuid} NOT NULL PRIMARY KEY,
            handle {c_text} NOT NULL
                CONSTRAINT seller_handle_length CHECK (length(handle) BETWEEN 1 AND 100),
            name text NOT NULL
                CONSTRAINT seller_name_length CHECK (length(name) BETWEEN 1 AND 100),
            name_key {c_text} NOT NULL,
            description text NOT NULL DEFAULT ''
                CONSTRAINT seller_description_length CHECK (length(description) <= 2000),
            status text NOT NULL
                CONSTRAINT seller_status_known CHECK (status IN ('ACTIVE', 'SUSPENDED')),
            currency text NOT NULL
                CONSTRAINT seller_currency_form CHECK (length(currency) = 3),
            active_product_limit bigint
                CONSTRAINT seller_active_product_limit_not_negative CHECK (active_product_limit >= 0),
            active_products bigint NOT NULL DEFAULT 0,
            rating_sum bigint NOT NULL DEFAULT 0,
            rating_count bigint NOT NULL DEFAULT 0,
            version bigint NOT NULL DEFAULT 1,
            created_at {timestamp} NOT NULL,
            updated_at {timestamp} NOT NULL,
            deleted_at {timestamp},
            CONSTRAINT seller_active_products_within_limit CHECK (
                active_products >= 0
                AND (active_product_limit IS NULL OR active_products <= active_product_limit)
            ),
            CONSTRAINT seller_rating_within_stars
                CHECK (rating_count >= 0 AND rating_sum BETWEEN rating_count AND 5 * rating_count)
        ){strict};
        CREATE UNIQUE INDEX seller_handle_key ON seller (handle) WHERE deleted_at IS NULL;
        CREATE INDEX seller_name ON seller (name_key, id) WHERE deleted_at IS NULL;",
    )],
    down: &[Step::Both("DROP TABLE seller;")],
    in_transaction: true,
};
