use crate::sql::{SqlMigration, Step};

// The books of the sandbox: a provider of payments of our own, which shares nothing with the rest. The log is only added to.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000025_sandbox_payments",
    up: &[
        Step::Postgres(
            "CREATE TABLE IF NOT EXISTS sandbox_operation (
                sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                key text NOT NULL,
                operation text NOT NULL,
                reference text NOT NULL,
                payment_id uuid NOT NULL,
                amount bigint NOT NULL,
                currency text NOT NULL,
                method text NOT NULL,
                outcome text NOT NULL,
                code text,
                return_url text NOT NULL,
                created_at timestamptz NOT NULL
            );",
        ),
        Step::Sqlite(
            "CREATE TABLE IF NOT EXISTS sandbox_operation (
                sequence integer NOT NULL PRIMARY KEY,
                key text NOT NULL,
                operation text NOT NULL,
                reference text NOT NULL,
                payment_id blob NOT NULL,
                amount integer NOT NULL,
                currency text NOT NULL,
                method text NOT NULL,
                outcome text NOT NULL,
                code text,
                return_url text NOT NULL,
                created_at text NOT NULL
            ) STRICT;",
        ),
        Step::Both(
            "CREATE UNIQUE INDEX IF NOT EXISTS sandbox_operation_key ON sandbox_operation (key);",
        ),
        Step::Both(
            "CREATE INDEX IF NOT EXISTS sandbox_operation_reference ON sandbox_operation (reference, operation);",
        ),
        Step::Both(
            "CREATE TABLE IF NOT EXISTS sandbox_event (
                id text NOT NULL PRIMARY KEY,
                body text NOT NULL,
                copies bigint NOT NULL,
                deliver_after {timestamp} NOT NULL,
                sent_at {timestamp}
            ){strict};",
        ),
        Step::Both(
            "CREATE INDEX IF NOT EXISTS sandbox_event_open ON sandbox_event (deliver_after) WHERE sent_at IS NULL;",
        ),
    ],
    down: &[
        Step::Both("DROP TABLE sandbox_event;"),
        Step::Both("DROP TABLE sandbox_operation;"),
    ],
    in_transaction: true,
};
