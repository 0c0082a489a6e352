use crate::sql::{SqlMigration, Step};

// Orders as lists are made of them: what support and shops filter and search by, each question an index. Derived from customer_order,
// order_fulfilment and order_line alone, by events; `tradewind orders rebuild` makes it anew, and is to be run once where there were orders before.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000029_order_view",
    up: &[
        Step::Both(
            "CREATE TABLE order_view (
                id {uuid} NOT NULL PRIMARY KEY REFERENCES customer_order (id) ON DELETE CASCADE,
                number bigint,
                customer_id {uuid},
                email_key {c_text} NOT NULL,
                state text NOT NULL,
                currency text NOT NULL,
                total bigint NOT NULL,
                placed_ms bigint NOT NULL,
                version bigint NOT NULL
            ){strict};",
        ),
        Step::Both("CREATE INDEX order_view_placed ON order_view (placed_ms, id);"),
        Step::Both("CREATE INDEX order_view_state ON order_view (state, placed_ms, id);"),
        Step::Both("CREATE INDEX order_view_customer ON order_view (customer_id, placed_ms, id);"),
        Step::Both("CREATE INDEX order_view_total ON order_view (currency, total, id);"),
        Step::Both("CREATE INDEX order_view_number ON order_view (number);"),
        Step::Both("CREATE INDEX order_view_email ON order_view (email_key);"),
        Step::Both(
            "CREATE TABLE order_view_part (
                id {uuid} NOT NULL PRIMARY KEY REFERENCES order_fulfilment (id) ON DELETE CASCADE,
                order_id {uuid} NOT NULL,
                seller_id {uuid} NOT NULL,
                customer_id {uuid},
                number bigint NOT NULL,
                state text NOT NULL,
                total bigint NOT NULL,
                placed_ms bigint NOT NULL,
                version bigint NOT NULL
            ){strict};",
        ),
        Step::Both(
            "CREATE INDEX order_view_part_placed ON order_view_part (seller_id, placed_ms, id);",
        ),
        Step::Both(
            "CREATE INDEX order_view_part_state ON order_view_part (seller_id, state, placed_ms, id);",
        ),
        Step::Both("CREATE INDEX order_view_part_number ON order_view_part (seller_id, number);"),
        Step::Both("CREATE INDEX order_view_part_order ON order_view_part (order_id);"),
        Step::Both(
            "CREATE TABLE order_view_sku (
                part_id {uuid} NOT NULL REFERENCES order_fulfilment (id) ON DELETE CASCADE,
                sku {c_text} NOT NULL,
                order_id {uuid} NOT NULL,
                seller_id {uuid} NOT NULL,
                customer_id {uuid},
                PRIMARY KEY (part_id, sku)
            ){strict};",
        ),
        Step::Both("CREATE INDEX order_view_sku_order ON order_view_sku (order_id);"),
        Step::Both("CREATE INDEX order_view_sku_any ON order_view_sku (sku, order_id);"),
        Step::Both("CREATE INDEX order_view_sku_seller ON order_view_sku (seller_id, sku, part_id);"),
        Step::Postgres(
            "CREATE POLICY order_view_read ON order_view FOR SELECT USING (true);
             CREATE POLICY order_view_write ON order_view USING (customer_id IS NULL OR tradewind_may_write(customer_id));
             ALTER TABLE order_view ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
             CREATE POLICY order_view_part_read ON order_view_part FOR SELECT USING (true);
             CREATE POLICY order_view_part_write ON order_view_part USING (customer_id IS NULL OR tradewind_may_write(customer_id));
             ALTER TABLE order_view_part ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
             CREATE POLICY order_view_sku_read ON order_view_sku FOR SELECT USING (true);
             CREATE POLICY order_view_sku_write ON order_view_sku USING (customer_id IS NULL OR tradewind_may_write(customer_id));
             ALTER TABLE order_view_sku ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
    ],
    down: &[
        Step::Both("DROP TABLE order_view_sku;"),
        Step::Both("DROP TABLE order_view_part;"),
        Step::Both("DROP TABLE order_view;"),
    ],
    in_transaction: true,
};
