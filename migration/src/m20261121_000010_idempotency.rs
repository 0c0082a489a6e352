use crate::sql::{SqlMigration, Step};

// Keys under which clients may send a mutation again. A row without `finished_at` is a claim: someone works on it
// until `leased_until`, and finishes it in the transaction that writes the effect.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000010_idempotency",
    up: &[
        Step::Both(
            "CREATE TABLE idempotency_key (
                actor text NOT NULL,
                operation text NOT NULL,
                key text NOT NULL CONSTRAINT idempotency_key_length CHECK (length(key) BETWEEN 1 AND 255),
                fingerprint text NOT NULL,
                claim_id {uuid} NOT NULL,
                leased_until {timestamp} NOT NULL,
                result {json},
                created_at {timestamp} NOT NULL,
                finished_at {timestamp},
                expires_at {timestamp} NOT NULL,
                PRIMARY KEY (actor, operation, key),
                CONSTRAINT idempotency_key_result CHECK ((finished_at IS NULL) = (result IS NULL))
            ){strict};",
        ),
        Step::Both("CREATE INDEX idempotency_key_expires_at ON idempotency_key (expires_at);"),
    ],
    down: &[Step::Both("DROP TABLE idempotency_key;")],
    in_transaction: true,
};
