use crate::sql::{SqlMigration, Step};

// Payments into wallets. The money itself is the payment's, and then the ledger's; here stands what people are told of it.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000035_wallet_top_ups",
    up: &[
        Step::Both(
            "CREATE TABLE wallet_top_up (
                id {uuid} NOT NULL PRIMARY KEY,
                customer_id {uuid} NOT NULL REFERENCES account (id),
                payment_id {uuid} NOT NULL REFERENCES payment (id),
                saga_id {uuid} NOT NULL,
                state text NOT NULL
                    CONSTRAINT wallet_top_up_state CHECK (state IN ('PENDING', 'COMPLETED', 'FAILED')),
                failure text CONSTRAINT wallet_top_up_failure
                    CHECK (failure IN ('DECLINED', 'EXPIRED', 'ACCOUNT_CLOSED', 'PROVIDER_UNAVAILABLE')),
                amount bigint NOT NULL CONSTRAINT wallet_top_up_amount CHECK (amount > 0),
                currency text NOT NULL CONSTRAINT wallet_top_up_currency CHECK (length(currency) = 3),
                version bigint NOT NULL,
                created_at {timestamp} NOT NULL,
                updated_at {timestamp} NOT NULL,
                CONSTRAINT wallet_top_up_failed CHECK ((failure IS NOT NULL) = (state = 'FAILED'))
            ){strict};",
        ),
        Step::Both("CREATE UNIQUE INDEX wallet_top_up_payment ON wallet_top_up (payment_id);"),
        Step::Both("CREATE INDEX wallet_top_up_customer ON wallet_top_up (customer_id, id);"),
        Step::Both("CREATE INDEX wallet_top_up_pending ON wallet_top_up (saga_id) WHERE state = 'PENDING';"),
        Step::Postgres(
            "CREATE POLICY wallet_top_up_read ON wallet_top_up FOR SELECT USING (true);
             CREATE POLICY wallet_top_up_write ON wallet_top_up USING (tradewind_may_write(customer_id));
             ALTER TABLE wallet_top_up ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
    ],
    down: &[Step::Both("DROP TABLE wallet_top_up;")],
    in_transaction: true,
};
