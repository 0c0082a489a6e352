use crate::sql::{SqlMigration, Step};

pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000004_inventory",
    up: &[Step::Both(
        "CREATE TABLE stock (
            variant_id {uuid} NOT NULL PRIMARY KEY REFERENCES variant (id),
            product_id {uuid} NOT NULL REFERENCES product (id),
            seller_id {uuid} NOT NULL REFERENCES seller (id),
            on_hand bigint NOT NULL,
            reserved bigint NOT NULL DEFAULT 0,
            tracked boolean NOT NULL DEFAULT true,
            updated_at {timestamp} NOT NULL,
            CONSTRAINT stock_never_oversold CHECK (reserved BETWEEN 0 AND on_hand)
        ){strict};
        CREATE INDEX stock_product ON stock (product_id);",
    )],
    down: &[Step::Both("DROP TABLE stock;")],
    in_transaction: true,
};
