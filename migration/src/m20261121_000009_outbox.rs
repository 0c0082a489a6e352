use crate::sql::{SqlMigration, Step};

// What happened, written with the change itself and handed on afterwards.
//
// `position` only sorts: numbers are given before a transaction ends, so one may show up after a greater one did.
// `feed_position` is given by the relay, which runs alone, to what is committed: whoever has read up to it has missed
// nothing before it.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000009_outbox",
    up: &[
        Step::Postgres(
            "CREATE TABLE outbox_event (
                position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                id uuid NOT NULL CONSTRAINT outbox_event_id UNIQUE,
                aggregate text NOT NULL,
                aggregate_id uuid NOT NULL,
                sequence bigint NOT NULL,
                name text NOT NULL,
                version smallint NOT NULL,
                payload jsonb NOT NULL,
                request_id text,
                occurred_at timestamptz NOT NULL,
                feed_position bigint CONSTRAINT outbox_event_feed_position UNIQUE,
                CONSTRAINT outbox_event_sequence UNIQUE (aggregate_id, aggregate, sequence)
            );",
        ),
        Step::Sqlite(
            "CREATE TABLE outbox_event (
                position integer PRIMARY KEY AUTOINCREMENT,
                id blob NOT NULL CONSTRAINT outbox_event_id UNIQUE,
                aggregate text NOT NULL,
                aggregate_id blob NOT NULL,
                sequence integer NOT NULL,
                name text NOT NULL,
                version integer NOT NULL,
                payload text NOT NULL,
                request_id text,
                occurred_at text NOT NULL,
                feed_position integer CONSTRAINT outbox_event_feed_position UNIQUE,
                CONSTRAINT outbox_event_sequence UNIQUE (aggregate_id, aggregate, sequence)
            ) STRICT;",
        ),
        Step::Both(
            "CREATE INDEX outbox_event_waiting ON outbox_event (position) WHERE feed_position IS NULL;",
        ),
        Step::Both("CREATE INDEX outbox_event_occurred_at ON outbox_event (occurred_at);"),
        Step::Both(
            "CREATE TABLE outbox_aggregate (
                aggregate_id {uuid} NOT NULL,
                aggregate text NOT NULL,
                last_sequence bigint NOT NULL,
                PRIMARY KEY (aggregate_id, aggregate)
            ){strict};",
        ),
        // One row: the last feed position given out. Holding it is what makes a relay alone.
        Step::Both(
            "CREATE TABLE outbox_feed (
                id smallint NOT NULL PRIMARY KEY CONSTRAINT outbox_feed_one_row CHECK (id = 1),
                last_position bigint NOT NULL
            ){strict};",
        ),
        Step::Both("INSERT INTO outbox_feed (id, last_position) VALUES (1, 0);"),
    ],
    down: &[
        Step::Both("DROP TABLE outbox_feed;"),
        Step::Both("DROP TABLE outbox_aggregate;"),
        Step::Both("DROP TABLE outbox_event;"),
    ],
    in_transaction: true,
};
