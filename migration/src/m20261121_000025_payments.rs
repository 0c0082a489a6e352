use crate::sql::{SqlMigration, Step};

// Payments. What was asked of a provider is written down before it is asked, under a key that is used once; what was taken and given back
// cannot be more than there was, whatever the code says.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000025_payments",
    up: &[
        Step::Both(
            "CREATE TABLE payment (
                id {uuid} NOT NULL PRIMARY KEY,
                subject_id {uuid} NOT NULL,
                customer_id {uuid} REFERENCES account (id),
                provider text NOT NULL,
                method text NOT NULL,
                state text NOT NULL CONSTRAINT payment_state CHECK (state IN ('CREATED', 'AUTHORISING', 'REQUIRES_ACTION', 'PENDING',
                    'AUTHORISED', 'CAPTURING', 'CAPTURED', 'VOIDING', 'VOIDED', 'FAILED')),
                amount bigint NOT NULL CONSTRAINT payment_amount CHECK (amount > 0),
                currency text NOT NULL CONSTRAINT payment_currency CHECK (length(currency) = 3),
                captured bigint NOT NULL CONSTRAINT payment_captured CHECK (captured BETWEEN 0 AND amount),
                refunding bigint NOT NULL CONSTRAINT payment_refunding CHECK (refunding >= 0),
                refunded bigint NOT NULL CONSTRAINT payment_refunded CHECK (refunded >= 0),
                reference text,
                action_url text,
                decline_code text,
                version bigint NOT NULL,
                created_at {timestamp} NOT NULL,
                updated_at {timestamp} NOT NULL,
                CONSTRAINT payment_given_back CHECK (refunded + refunding <= captured),
                CONSTRAINT payment_taken CHECK ((state = 'CAPTURED') = (captured > 0))
            ){strict};",
        ),
        Step::Both(
            "CREATE UNIQUE INDEX payment_active ON payment (subject_id) WHERE state NOT IN ('FAILED', 'VOIDED');",
        ),
        Step::Both("CREATE INDEX payment_subject ON payment (subject_id, id);"),
        Step::Both("CREATE INDEX payment_customer ON payment (customer_id, id) WHERE customer_id IS NOT NULL;"),
        Step::Both("CREATE UNIQUE INDEX payment_reference ON payment (provider, reference) WHERE reference IS NOT NULL;"),
        Step::Both(
            "CREATE TABLE payment_attempt (
                id {uuid} NOT NULL PRIMARY KEY,
                payment_id {uuid} NOT NULL REFERENCES payment (id),
                customer_id {uuid} REFERENCES account (id),
                operation text NOT NULL CONSTRAINT payment_attempt_operation
                    CHECK (operation IN ('AUTHORISE', 'CAPTURE', 'VOID', 'REFUND')),
                key text NOT NULL CONSTRAINT payment_attempt_key_length CHECK (length(key) BETWEEN 1 AND 200),
                amount bigint NOT NULL CONSTRAINT payment_attempt_amount CHECK (amount > 0),
                state text NOT NULL CONSTRAINT payment_attempt_state
                    CHECK (state IN ('ASKED', 'UNKNOWN', 'REQUIRES_ACTION', 'PENDING', 'SUCCEEDED', 'DECLINED')),
                calls bigint NOT NULL,
                reference text,
                code text,
                error text,
                saga_id {uuid},
                created_at {timestamp} NOT NULL,
                updated_at {timestamp} NOT NULL
            ){strict};",
        ),
        Step::Both("CREATE UNIQUE INDEX payment_attempt_key ON payment_attempt (key);"),
        Step::Both("CREATE INDEX payment_attempt_payment ON payment_attempt (payment_id, id);"),
        Step::Both(
            "CREATE INDEX payment_attempt_open ON payment_attempt (updated_at) WHERE state NOT IN ('SUCCEEDED', 'DECLINED');",
        ),
        Step::Both(
            "CREATE TABLE refund (
                id {uuid} NOT NULL PRIMARY KEY,
                payment_id {uuid} NOT NULL REFERENCES payment (id),
                customer_id {uuid} REFERENCES account (id),
                attempt_id {uuid} NOT NULL REFERENCES payment_attempt (id),
                amount bigint NOT NULL CONSTRAINT refund_amount CHECK (amount > 0),
                state text NOT NULL CONSTRAINT refund_state CHECK (state IN ('PENDING', 'SUCCEEDED', 'FAILED')),
                created_at {timestamp} NOT NULL,
                updated_at {timestamp} NOT NULL
            ){strict};",
        ),
        Step::Both("CREATE UNIQUE INDEX refund_attempt ON refund (attempt_id);"),
        Step::Both("CREATE INDEX refund_payment ON refund (payment_id, id);"),
        Step::Both(
            "CREATE TABLE payment_event (
                id {uuid} NOT NULL PRIMARY KEY,
                provider text NOT NULL,
                event_id text NOT NULL CONSTRAINT payment_event_id_length CHECK (length(event_id) BETWEEN 1 AND 255),
                kind text NOT NULL,
                reference text,
                key text,
                received_at {timestamp} NOT NULL,
                processed_at {timestamp}
            ){strict};",
        ),
        Step::Both("CREATE UNIQUE INDEX payment_event_once ON payment_event (provider, event_id);"),
        Step::Both("CREATE INDEX payment_event_swept ON payment_event (received_at);"),
        Step::Postgres(
            "CREATE POLICY payment_read ON payment FOR SELECT USING (true);
             CREATE POLICY payment_write ON payment USING (tradewind_may_write(customer_id));
             ALTER TABLE payment ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
    ],
    down: &[
        Step::Postgres(
            "ALTER TABLE payment NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
             DROP POLICY payment_write ON payment;
             DROP POLICY payment_read ON payment;",
        ),
        Step::Both("DROP TABLE payment_event;"),
        Step::Both("DROP TABLE refund;"),
        Step::Both("DROP TABLE payment_attempt;"),
        Step::Both("DROP TABLE payment;"),
    ],
    in_transaction: true,
};
