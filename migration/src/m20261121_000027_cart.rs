use crate::sql::{SqlMigration, Step};

// What people mean to buy, and codes that make it cheaper. Vouchers and ways of shipping that were chosen stand in the cart's own row, so that a
// change of any kind is one UPDATE of it; what they name may go meanwhile, and the cart says so.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000027_cart",
    up: &[
        Step::Both(
            "CREATE TABLE cart (
                id {uuid} NOT NULL PRIMARY KEY,
                customer_id {uuid} REFERENCES account (id),
                token_hash {c_text},
                state text NOT NULL
                    CONSTRAINT cart_state_known CHECK (state IN ('ACTIVE', 'ORDERED', 'MERGED', 'ABANDONED')),
                currency text CONSTRAINT cart_currency_length CHECK (length(currency) = 3),
                email text CONSTRAINT cart_email_length CHECK (length(email) BETWEEN 3 AND 254),
                address text CONSTRAINT cart_address_length CHECK (length(address) <= 4000),
                note text CONSTRAINT cart_note_length CHECK (length(note) <= 1000),
                choices text NOT NULL CONSTRAINT cart_choices_length CHECK (length(choices) <= 20000),
                merged_into {uuid} REFERENCES cart (id) ON DELETE SET NULL,
                version bigint NOT NULL,
                created_at {timestamp} NOT NULL,
                updated_at {timestamp} NOT NULL,
                expires_at {timestamp},
                CONSTRAINT cart_of_someone CHECK ((customer_id IS NULL) <> (token_hash IS NULL)),
                CONSTRAINT cart_of_guest_expires CHECK ((expires_at IS NULL) = (token_hash IS NULL))
            ){strict};",
        ),
        Step::Both("CREATE UNIQUE INDEX cart_active ON cart (customer_id) WHERE state = 'ACTIVE';"),
        Step::Both("CREATE UNIQUE INDEX cart_token ON cart (token_hash);"),
        Step::Both("CREATE INDEX cart_customer ON cart (customer_id, id);"),
        Step::Both("CREATE INDEX cart_expires ON cart (expires_at) WHERE state = 'ACTIVE';"),
        Step::Both("CREATE INDEX cart_over ON cart (updated_at) WHERE state IN ('MERGED', 'ABANDONED');"),
        Step::Both("CREATE INDEX cart_merged_into ON cart (merged_into);"),
        Step::Both(
            "CREATE TABLE cart_line (
                id {uuid} NOT NULL PRIMARY KEY,
                cart_id {uuid} NOT NULL REFERENCES cart (id) ON DELETE CASCADE,
                customer_id {uuid},
                seller_id {uuid} NOT NULL REFERENCES seller (id),
                variant_id {uuid} NOT NULL REFERENCES variant (id),
                quantity bigint NOT NULL CONSTRAINT cart_line_quantity_range CHECK (quantity BETWEEN 1 AND 999),
                price_seen bigint NOT NULL CONSTRAINT cart_line_price_not_negative CHECK (price_seen >= 0),
                created_at {timestamp} NOT NULL
            ){strict};",
        ),
        Step::Both("CREATE UNIQUE INDEX cart_line_key ON cart_line (cart_id, variant_id);"),
        Step::Both(
            "CREATE TABLE voucher (
                id {uuid} NOT NULL PRIMARY KEY,
                seller_id {uuid} REFERENCES seller (id),
                code text NOT NULL CONSTRAINT voucher_code_length CHECK (length(code) BETWEEN 3 AND 40),
                code_key {c_text} NOT NULL,
                rate_bps smallint CONSTRAINT voucher_rate_range CHECK (rate_bps BETWEEN 1 AND 10000),
                amount bigint CONSTRAINT voucher_amount_positive CHECK (amount > 0),
                currency text CONSTRAINT voucher_currency_length CHECK (length(currency) = 3),
                minimum bigint CONSTRAINT voucher_minimum_positive CHECK (minimum > 0),
                starts_at {timestamp},
                ends_at {timestamp},
                total_limit bigint CONSTRAINT voucher_total_limit_positive CHECK (total_limit > 0),
                customer_limit bigint CONSTRAINT voucher_customer_limit_positive CHECK (customer_limit > 0),
                redeemed bigint NOT NULL DEFAULT 0,
                active boolean NOT NULL,
                version bigint NOT NULL,
                created_at {timestamp} NOT NULL,
                updated_at {timestamp} NOT NULL,
                CONSTRAINT voucher_of_one_kind CHECK ((rate_bps IS NULL) <> (amount IS NULL)),
                CONSTRAINT voucher_money_has_currency
                    CHECK (currency IS NOT NULL OR (amount IS NULL AND minimum IS NULL)),
                CONSTRAINT voucher_ends_after_start CHECK (ends_at > starts_at),
                CONSTRAINT voucher_never_overused
                    CHECK (redeemed >= 0 AND (total_limit IS NULL OR redeemed <= total_limit))
            ){strict};",
        ),
        Step::Both(
            "CREATE UNIQUE INDEX voucher_code_of_seller ON voucher (seller_id, code_key) WHERE active AND seller_id IS NOT NULL;",
        ),
        Step::Both(
            "CREATE UNIQUE INDEX voucher_code_of_platform ON voucher (code_key) WHERE active AND seller_id IS NULL;",
        ),
        Step::Both("CREATE INDEX voucher_code ON voucher (code_key);"),
        Step::Both("CREATE INDEX voucher_seller ON voucher (seller_id, id);"),
        Step::Both(
            "CREATE TABLE voucher_redemption (
                id {uuid} NOT NULL PRIMARY KEY,
                voucher_id {uuid} NOT NULL REFERENCES voucher (id),
                seller_id {uuid},
                customer_id {uuid},
                redeemer {c_text} NOT NULL,
                order_id {uuid} NOT NULL,
                amount bigint NOT NULL CONSTRAINT voucher_redemption_amount_not_negative CHECK (amount >= 0),
                slot bigint,
                nth bigint,
                created_at {timestamp} NOT NULL,
                released_at {timestamp},
                CONSTRAINT voucher_redemption_counted
                    CHECK ((slot IS NULL) = (nth IS NULL) AND (slot IS NULL) = (released_at IS NOT NULL))
            ){strict};",
        ),
        Step::Both(
            "CREATE UNIQUE INDEX voucher_redemption_slot ON voucher_redemption (voucher_id, slot);",
        ),
        Step::Both(
            "CREATE UNIQUE INDEX voucher_redemption_nth ON voucher_redemption (voucher_id, redeemer, nth);",
        ),
        Step::Both(
            "CREATE UNIQUE INDEX voucher_redemption_order ON voucher_redemption (order_id, voucher_id) WHERE released_at IS NULL;",
        ),
        Step::Postgres(
            "CREATE POLICY cart_read ON cart FOR SELECT USING (true);
             CREATE POLICY cart_write ON cart USING (customer_id IS NULL OR tradewind_may_write(customer_id));
             ALTER TABLE cart ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
             CREATE POLICY cart_line_read ON cart_line FOR SELECT USING (true);
             CREATE POLICY cart_line_write ON cart_line USING (customer_id IS NULL OR tradewind_may_write(customer_id));
             ALTER TABLE cart_line ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
    ],
    down: &[
        Step::Both("DROP TABLE voucher_redemption;"),
        Step::Both("DROP TABLE voucher;"),
        Step::Both("DROP TABLE cart_line;"),
        Step::Both("DROP TABLE cart;"),
    ],
    in_transaction: true,
};
