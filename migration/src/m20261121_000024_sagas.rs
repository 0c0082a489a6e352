use crate::sql::{SqlMigration, Step};

// Work in steps, each of which can be undone. What happens to a saga raises its version, so that whoever is late writes nothing.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000024_sagas",
    up: &[
        Step::Both(
            "CREATE TABLE saga (
                id {uuid} NOT NULL PRIMARY KEY,
                kind text NOT NULL,
                form smallint NOT NULL,
                version bigint NOT NULL,
                state text NOT NULL CONSTRAINT saga_state
                    CHECK (state IN ('RUNNING', 'COMPENSATING', 'DONE', 'COMPENSATED', 'STUCK')),
                input {json} NOT NULL,
                step text NOT NULL,
                subject_id {uuid} NOT NULL,
                customer_id {uuid} REFERENCES account (id),
                reason text,
                cancel_reason text,
                error text,
                wakes bigint NOT NULL,
                wake_at {timestamp},
                created_at {timestamp} NOT NULL,
                updated_at {timestamp} NOT NULL,
                ended_at {timestamp},
                CONSTRAINT saga_ended CHECK ((state IN ('DONE', 'COMPENSATED')) = (ended_at IS NOT NULL)),
                CONSTRAINT saga_reason CHECK (state NOT IN ('COMPENSATING', 'COMPENSATED') OR reason IS NOT NULL)
            ){strict};",
        ),
        Step::Both("CREATE INDEX saga_subject ON saga (subject_id, id);"),
        Step::Both("CREATE INDEX saga_kind ON saga (kind, id);"),
        Step::Both("CREATE INDEX saga_customer ON saga (customer_id, id) WHERE customer_id IS NOT NULL;"),
        Step::Both(
            "CREATE INDEX saga_open ON saga (state, id) WHERE state IN ('RUNNING', 'COMPENSATING', 'STUCK');",
        ),
        Step::Both("CREATE INDEX saga_swept ON saga (ended_at) WHERE ended_at IS NOT NULL;"),
        Step::Both(
            "CREATE TABLE saga_step (
                saga_id {uuid} NOT NULL REFERENCES saga (id) ON DELETE CASCADE,
                name text NOT NULL,
                position smallint NOT NULL,
                state text NOT NULL CONSTRAINT saga_step_state
                    CHECK (state IN ('RUNNING', 'WAITING', 'DONE', 'FAILED', 'UNDOING', 'UNDONE')),
                attempts bigint NOT NULL,
                failures bigint NOT NULL,
                output {json},
                error text,
                undo_attempts bigint NOT NULL,
                undo_error text,
                started_at {timestamp} NOT NULL,
                ended_at {timestamp},
                undone_at {timestamp},
                PRIMARY KEY (saga_id, name)
            ){strict};",
        ),
        // Every saga is updated at every step, and its step twice.
        Step::Postgres("ALTER TABLE saga SET (fillfactor = 70);"),
        Step::Postgres("ALTER TABLE saga_step SET (fillfactor = 70);"),
    ],
    down: &[
        Step::Both("DROP TABLE saga_step;"),
        Step::Both("DROP TABLE saga;"),
    ],
    in_transaction: true,
};
