use crate::sql::{SqlMigration, Step};

// Orders that the shopper's wallet pays, and one more reason for which an order comes to nothing: the wallet held too little.
//
// What stands in the table fits both constraints on PostgreSQL, so nobody waits while they are held against it. SQLite changes no constraint: the
// column is made anew beside the old one.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000037_orders_from_wallets",
    up: &[
        Step::Postgres(
            "ALTER TABLE customer_order ADD COLUMN from_wallet boolean NOT NULL DEFAULT false;
             ALTER TABLE customer_order ADD CONSTRAINT customer_order_from_wallet
                CHECK (NOT from_wallet OR (customer_id IS NOT NULL AND payment_id IS NULL AND total > 0)) NOT VALID;
             -- Nobody is without it: it comes again in the same transaction, and holds more loosely.
             -- squawk-ignore ban-drop-constraint
             ALTER TABLE customer_order DROP CONSTRAINT customer_order_cancel_reason;
             ALTER TABLE customer_order ADD CONSTRAINT customer_order_cancel_reason
                CHECK (cancel_reason IN ('DECLINED', 'EXPIRED', 'SOLD_OUT', 'SHOP_CLOSED', 'INSUFFICIENT_FUNDS',
                    'BY_SHOPPER', 'BY_SHOP', 'BY_SUPPORT', 'PROVIDER_UNAVAILABLE')) NOT VALID;",
        ),
        Step::Sqlite(
            "ALTER TABLE customer_order ADD COLUMN from_wallet integer NOT NULL DEFAULT false
                CONSTRAINT customer_order_from_wallet
                CHECK (NOT from_wallet OR (customer_id IS NOT NULL AND payment_id IS NULL AND total > 0));",
        ),
        Step::Sqlite(
            "ALTER TABLE customer_order ADD COLUMN new_reason text
                CONSTRAINT customer_order_cancel_reason CHECK (new_reason IN ('DECLINED', 'EXPIRED', 'SOLD_OUT', 'SHOP_CLOSED',
                    'INSUFFICIENT_FUNDS', 'BY_SHOPPER', 'BY_SHOP', 'BY_SUPPORT', 'PROVIDER_UNAVAILABLE'));",
        ),
        Step::Sqlite("UPDATE customer_order SET new_reason = cancel_reason;"),
        Step::Sqlite("ALTER TABLE customer_order DROP COLUMN cancel_reason;"),
        Step::Sqlite("ALTER TABLE customer_order RENAME COLUMN new_reason TO cancel_reason;"),
    ],
    down: &[
        Step::Both(
            "UPDATE customer_order SET cancel_reason = 'PROVIDER_UNAVAILABLE' WHERE cancel_reason = 'INSUFFICIENT_FUNDS';",
        ),
        Step::Postgres(
            "ALTER TABLE customer_order DROP CONSTRAINT customer_order_cancel_reason;
             ALTER TABLE customer_order ADD CONSTRAINT customer_order_cancel_reason
                CHECK (cancel_reason IN ('DECLINED', 'EXPIRED', 'SOLD_OUT', 'SHOP_CLOSED',
                    'BY_SHOPPER', 'BY_SHOP', 'BY_SUPPORT', 'PROVIDER_UNAVAILABLE'));",
        ),
        Step::Sqlite(
            "ALTER TABLE customer_order ADD COLUMN old_reason text
                CONSTRAINT customer_order_cancel_reason CHECK (old_reason IN ('DECLINED', 'EXPIRED', 'SOLD_OUT', 'SHOP_CLOSED',
                    'BY_SHOPPER', 'BY_SHOP', 'BY_SUPPORT', 'PROVIDER_UNAVAILABLE'));",
        ),
        Step::Sqlite("UPDATE customer_order SET old_reason = cancel_reason;"),
        Step::Sqlite("ALTER TABLE customer_order DROP COLUMN cancel_reason;"),
        Step::Sqlite("ALTER TABLE customer_order RENAME COLUMN old_reason TO cancel_reason;"),
        Step::Both("ALTER TABLE customer_order DROP COLUMN from_wallet;"),
    ],
    in_transaction: true,
};
