use crate::sql::{SqlMigration, Step};

// What was bought. An order and its parts keep what they were bought at, whatever becomes of products, shops and rates; what goes back is never
// more than was paid, whatever the code says.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000028_orders",
    up: &[
        Step::Both(
            "CREATE TABLE customer_order (
                id {uuid} NOT NULL PRIMARY KEY,
                number bigint,
                customer_id {uuid} REFERENCES account (id),
                token_hash {c_text},
                cart_id {uuid} NOT NULL,
                payment_id {uuid} REFERENCES payment (id),
                saga_id {uuid} NOT NULL,
                state text NOT NULL
                    CONSTRAINT customer_order_state CHECK (state IN ('PENDING', 'CONFIRMED', 'COMPLETED', 'CANCELLED')),
                reason text CONSTRAINT customer_order_reason_length CHECK (length(reason) <= 500),
                email text NOT NULL CONSTRAINT customer_order_email_length CHECK (length(email) BETWEEN 3 AND 254),
                address text NOT NULL CONSTRAINT customer_order_address_length CHECK (length(address) <= 4000),
                note text CONSTRAINT customer_order_note_length CHECK (length(note) <= 1000),
                voucher_codes text NOT NULL CONSTRAINT customer_order_codes_length CHECK (length(voucher_codes) <= 1000),
                currency text NOT NULL CONSTRAINT customer_order_currency CHECK (length(currency) = 3),
                subtotal bigint NOT NULL CONSTRAINT customer_order_subtotal CHECK (subtotal >= 0),
                discount bigint NOT NULL CONSTRAINT customer_order_discount CHECK (discount BETWEEN 0 AND subtotal),
                shipping bigint NOT NULL CONSTRAINT customer_order_shipping CHECK (shipping >= 0),
                tax bigint NOT NULL CONSTRAINT customer_order_tax CHECK (tax >= 0),
                tax_name text,
                tax_bps smallint NOT NULL CONSTRAINT customer_order_tax_bps CHECK (tax_bps BETWEEN 0 AND 10000),
                tax_included boolean NOT NULL,
                total bigint NOT NULL CONSTRAINT customer_order_total CHECK (total >= 0),
                cancelled bigint NOT NULL CONSTRAINT customer_order_cancelled CHECK (cancelled BETWEEN 0 AND total),
                refunded bigint NOT NULL CONSTRAINT customer_order_refunded CHECK (refunded BETWEEN 0 AND cancelled),
                version bigint NOT NULL,
                created_at {timestamp} NOT NULL,
                updated_at {timestamp} NOT NULL,
                CONSTRAINT customer_order_of_someone CHECK ((customer_id IS NULL) <> (token_hash IS NULL)),
                CONSTRAINT customer_order_numbered CHECK (number IS NOT NULL OR state IN ('PENDING', 'CANCELLED'))
            ){strict};",
        ),
        Step::Both("CREATE UNIQUE INDEX customer_order_number ON customer_order (number);"),
        Step::Both(
            "CREATE UNIQUE INDEX customer_order_cart ON customer_order (cart_id) WHERE state <> 'CANCELLED';",
        ),
        Step::Both("CREATE INDEX customer_order_customer ON customer_order (customer_id, id);"),
        Step::Both("CREATE INDEX customer_order_token ON customer_order (token_hash, id);"),
        Step::Both("CREATE INDEX customer_order_state ON customer_order (state, id);"),
        Step::Both(
            "CREATE TABLE order_fulfilment (
                id {uuid} NOT NULL PRIMARY KEY,
                order_id {uuid} NOT NULL REFERENCES customer_order (id),
                seller_id {uuid} NOT NULL REFERENCES seller (id),
                customer_id {uuid},
                state text NOT NULL
                    CONSTRAINT order_fulfilment_state CHECK (state IN ('PENDING', 'OPEN', 'SHIPPED', 'DELIVERED', 'CANCELLED')),
                seller_name text NOT NULL,
                method_name text,
                subtotal bigint NOT NULL CONSTRAINT order_fulfilment_subtotal CHECK (subtotal >= 0),
                voucher_by_seller bigint NOT NULL CONSTRAINT order_fulfilment_voucher_by_seller CHECK (voucher_by_seller >= 0),
                voucher_by_platform bigint NOT NULL
                    CONSTRAINT order_fulfilment_voucher_by_platform CHECK (voucher_by_platform >= 0),
                shipping bigint NOT NULL CONSTRAINT order_fulfilment_shipping CHECK (shipping >= 0),
                shipping_tax bigint NOT NULL CONSTRAINT order_fulfilment_shipping_tax CHECK (shipping_tax BETWEEN 0 AND tax),
                tax bigint NOT NULL CONSTRAINT order_fulfilment_tax CHECK (tax >= 0),
                total bigint NOT NULL CONSTRAINT order_fulfilment_total CHECK (total >= 0),
                cancelled bigint NOT NULL CONSTRAINT order_fulfilment_cancelled CHECK (cancelled BETWEEN 0 AND total),
                commission_bps smallint NOT NULL
                    CONSTRAINT order_fulfilment_commission CHECK (commission_bps BETWEEN 0 AND 10000),
                carrier text CONSTRAINT order_fulfilment_carrier_length CHECK (length(carrier) BETWEEN 1 AND 100),
                tracking_number text CONSTRAINT order_fulfilment_tracking_length CHECK (length(tracking_number) BETWEEN 1 AND 100),
                version bigint NOT NULL,
                created_at {timestamp} NOT NULL,
                updated_at {timestamp} NOT NULL,
                shipped_at {timestamp},
                delivered_at {timestamp},
                CONSTRAINT order_fulfilment_shipped CHECK ((shipped_at IS NOT NULL) = (state IN ('SHIPPED', 'DELIVERED'))),
                CONSTRAINT order_fulfilment_delivered CHECK ((delivered_at IS NOT NULL) = (state = 'DELIVERED'))
            ){strict};",
        ),
        Step::Both("CREATE UNIQUE INDEX order_fulfilment_key ON order_fulfilment (order_id, seller_id);"),
        Step::Both("CREATE INDEX order_fulfilment_seller ON order_fulfilment (seller_id, id);"),
        Step::Both(
            "CREATE TABLE order_line (
                id {uuid} NOT NULL PRIMARY KEY,
                order_id {uuid} NOT NULL REFERENCES customer_order (id),
                fulfilment_id {uuid} NOT NULL REFERENCES order_fulfilment (id),
                seller_id {uuid} NOT NULL REFERENCES seller (id),
                customer_id {uuid},
                product_id {uuid} NOT NULL,
                variant_id {uuid} NOT NULL,
                product_name text NOT NULL,
                variant_name text NOT NULL,
                sku text,
                unit_price bigint NOT NULL CONSTRAINT order_line_price CHECK (unit_price >= 0),
                quantity bigint NOT NULL CONSTRAINT order_line_quantity CHECK (quantity > 0),
                discount bigint NOT NULL CONSTRAINT order_line_discount CHECK (discount >= 0),
                tax bigint NOT NULL CONSTRAINT order_line_tax CHECK (tax >= 0),
                total bigint NOT NULL CONSTRAINT order_line_total CHECK (total >= 0),
                cancelled bigint NOT NULL CONSTRAINT order_line_cancelled CHECK (cancelled BETWEEN 0 AND quantity),
                created_at {timestamp} NOT NULL
            ){strict};",
        ),
        Step::Both("CREATE UNIQUE INDEX order_line_key ON order_line (order_id, variant_id);"),
        Step::Both("CREATE INDEX order_line_fulfilment ON order_line (fulfilment_id, id);"),
        Step::Postgres(
            "CREATE SEQUENCE customer_order_numbers START 100001;
             CREATE POLICY customer_order_read ON customer_order FOR SELECT USING (true);
             CREATE POLICY customer_order_write ON customer_order USING (customer_id IS NULL OR tradewind_may_write(customer_id));
             ALTER TABLE customer_order ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
             CREATE POLICY order_fulfilment_read ON order_fulfilment FOR SELECT USING (true);
             CREATE POLICY order_fulfilment_write ON order_fulfilment USING (customer_id IS NULL OR tradewind_may_write(customer_id));
             ALTER TABLE order_fulfilment ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
             CREATE POLICY order_line_read ON order_line FOR SELECT USING (true);
             CREATE POLICY order_line_write ON order_line USING (customer_id IS NULL OR tradewind_may_write(customer_id));
             ALTER TABLE order_line ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
    ],
    down: &[
        Step::Both("DROP TABLE order_line;"),
        Step::Both("DROP TABLE order_fulfilment;"),
        Step::Both("DROP TABLE customer_order;"),
        Step::Postgres("DROP SEQUENCE customer_order_numbers;"),
    ],
    in_transaction: true,
};
