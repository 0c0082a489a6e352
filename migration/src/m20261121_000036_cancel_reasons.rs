use crate::sql::{SqlMigration, Step};

// Why an order was cancelled, as one of a few reasons that people may know. `reason` keeps what whoever cancelled it said.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000036_cancel_reasons",
    up: &[Step::Both(
        "ALTER TABLE customer_order ADD COLUMN cancel_reason text
            CONSTRAINT customer_order_cancel_reason CHECK (cancel_reason IN ('DECLINED', 'EXPIRED', 'SOLD_OUT', 'SHOP_CLOSED',
                'BY_SHOPPER', 'BY_SHOP', 'BY_SUPPORT', 'PROVIDER_UNAVAILABLE'));",
    )],
    down: &[Step::Both("ALTER TABLE customer_order DROP COLUMN cancel_reason;")],
    in_transaction: true,
};
