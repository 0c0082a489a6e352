use crate::sql::{SqlMigration, Step};

// On SQLite, where a statement can write to one table only, an event counts its aggregate up itself, so that telling of any number of
// events is one statement. PostgreSQL does both in one already.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000033_outbox_counted",
    up: &[Step::Sqlite(
        "CREATE TRIGGER outbox_event_counted AFTER INSERT ON outbox_event BEGIN
            INSERT INTO outbox_aggregate (aggregate_id, aggregate, last_sequence)
            VALUES (NEW.aggregate_id, NEW.aggregate, NEW.sequence)
            ON CONFLICT (aggregate_id, aggregate) DO UPDATE SET last_sequence = max(last_sequence, excluded.last_sequence);
        END;",
    )],
    down: &[Step::Sqlite("DROP TRIGGER outbox_event_counted;")],
    in_transaction: true,
};
