use crate::sql::{SqlMigration, Step};

// Work to be done later, seen by every process that does it.
//
// `rank_at` is the time by which waiting jobs are served: `run_at` less the head start of the job's priority, so that
// a job of low priority that has waited long enough comes before newer ones of high priority.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000008_jobs",
    up: &[
        Step::Both(
            "CREATE TABLE job (
                id {uuid} NOT NULL PRIMARY KEY,
                queue text NOT NULL,
                kind text NOT NULL,
                version smallint NOT NULL,
                payload {json} NOT NULL,
                state text NOT NULL CONSTRAINT job_state CHECK (state IN ('WAITING', 'RUNNING', 'DONE', 'DEAD', 'DISCARDED')),
                priority text NOT NULL CONSTRAINT job_priority CHECK (priority IN ('LOW', 'NORMAL', 'HIGH')),
                run_at {timestamp} NOT NULL,
                rank_at {timestamp} NOT NULL,
                attempts bigint NOT NULL DEFAULT 0,
                max_attempts bigint NOT NULL,
                unique_key text,
                order_key text,
                order_number bigint,
                lease_id {uuid},
                leased_until {timestamp},
                worker text,
                progress {json},
                last_error text,
                request_id text,
                created_at {timestamp} NOT NULL,
                started_at {timestamp},
                finished_at {timestamp},
                CONSTRAINT job_lease CHECK ((state = 'RUNNING') = (lease_id IS NOT NULL)
                    AND (state = 'RUNNING') = (leased_until IS NOT NULL)),
                CONSTRAINT job_finished CHECK ((state IN ('DONE', 'DEAD', 'DISCARDED')) = (finished_at IS NOT NULL)),
                CONSTRAINT job_order CHECK ((order_key IS NULL) = (order_number IS NULL))
            ){strict};",
        ),
        Step::Both("CREATE INDEX job_waiting ON job (queue, rank_at) WHERE state = 'WAITING';"),
        Step::Both("CREATE INDEX job_running ON job (leased_until) WHERE state = 'RUNNING';"),
        Step::Both("CREATE INDEX job_dead ON job (id) WHERE state = 'DEAD';"),
        Step::Both(
            "CREATE INDEX job_swept ON job (finished_at) WHERE state IN ('DONE', 'DISCARDED');",
        ),
        Step::Both(
            "CREATE UNIQUE INDEX job_unique_key ON job (kind, unique_key)
                WHERE unique_key IS NOT NULL AND state IN ('WAITING', 'RUNNING');",
        ),
        Step::Both(
            "CREATE INDEX job_order_key ON job (order_key, order_number)
                WHERE order_key IS NOT NULL AND state IN ('WAITING', 'RUNNING');",
        ),
        // Every job is updated twice and soon deleted: room for the updates beside the rows, and an early vacuum.
        Step::Postgres(
            "ALTER TABLE job SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,
                autovacuum_vacuum_threshold = 1000);",
        ),
        Step::Both(
            "CREATE TABLE job_queue (
                name text NOT NULL PRIMARY KEY,
                paused_at {timestamp}
            ){strict};",
        ),
        Step::Both(
            "CREATE TABLE job_schedule (
                name text NOT NULL PRIMARY KEY,
                pattern text NOT NULL,
                next_at {timestamp} NOT NULL,
                last_at {timestamp}
            ){strict};",
        ),
    ],
    down: &[
        Step::Both("DROP TABLE job_schedule;"),
        Step::Both("DROP TABLE job_queue;"),
        Step::Both("DROP TABLE job;"),
    ],
    in_transaction: true,
};
