use crate::sql::{SqlMigration, Step};

// Who changed what. Entries are only added: each holds the hash of the one before it in its chain, and triggers refuse to
// change or delete any. What is too old goes after its last hash was written down as an anchor, from which what is left
// can be verified; the triggers let go what an anchor stands behind, and nothing else.
//
// PostgreSQL keeps a table for each month, made ahead; what no month was made for lands in the default one.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000012_audit",
    up: &[
        // The last entry of each chain. Whoever adds holds its row until the end of the transaction.
        Step::Both(
            "CREATE TABLE audit_chain (
                chain smallint NOT NULL PRIMARY KEY,
                sequence bigint NOT NULL,
                hash text NOT NULL,
                occurred_at {timestamp} NOT NULL
            ){strict};",
        ),
        Step::Both(
            "INSERT INTO audit_chain (chain, sequence, hash, occurred_at) VALUES
                (0, 0, '', '2000-01-01T00:00:00+00:00'), (1, 0, '', '2000-01-01T00:00:00+00:00'),
                (2, 0, '', '2000-01-01T00:00:00+00:00'), (3, 0, '', '2000-01-01T00:00:00+00:00'),
                (4, 0, '', '2000-01-01T00:00:00+00:00'), (5, 0, '', '2000-01-01T00:00:00+00:00'),
                (6, 0, '', '2000-01-01T00:00:00+00:00'), (7, 0, '', '2000-01-01T00:00:00+00:00');",
        ),
        Step::Both(
            "CREATE TABLE audit_anchor (
                chain smallint NOT NULL,
                sequence bigint NOT NULL,
                hash text NOT NULL,
                written_at {timestamp} NOT NULL,
                PRIMARY KEY (chain, sequence)
            ){strict};",
        ),
        Step::Postgres(
            "CREATE TABLE audit_entry (
                id uuid NOT NULL,
                chain smallint NOT NULL,
                sequence bigint NOT NULL,
                occurred_at timestamptz NOT NULL,
                actor text NOT NULL CONSTRAINT audit_entry_actor_known
                    CHECK (actor IN ('ANONYMOUS', 'PERSON', 'OPERATOR', 'SYSTEM')),
                account_id uuid,
                impersonator_id uuid,
                role text,
                ip text,
                request_id text,
                action text NOT NULL,
                entity_type text NOT NULL,
                entity_id text NOT NULL,
                seller_id uuid,
                before text NOT NULL,
                after text NOT NULL,
                previous_hash text NOT NULL,
                hash text NOT NULL,
                CONSTRAINT audit_entry_pkey PRIMARY KEY (id, occurred_at),
                CONSTRAINT audit_entry_sequence UNIQUE (chain, sequence, occurred_at)
            ) PARTITION BY RANGE (occurred_at);",
        ),
        Step::Sqlite(
            "CREATE TABLE audit_entry (
                id blob NOT NULL PRIMARY KEY,
                chain integer NOT NULL,
                sequence integer NOT NULL,
                occurred_at text NOT NULL,
                actor text NOT NULL CONSTRAINT audit_entry_actor_known
                    CHECK (actor IN ('ANONYMOUS', 'PERSON', 'OPERATOR', 'SYSTEM')),
                account_id blob,
                impersonator_id blob,
                role text,
                ip text,
                request_id text,
                action text NOT NULL,
                entity_type text NOT NULL,
                entity_id text NOT NULL,
                seller_id blob,
                before text NOT NULL,
                after text NOT NULL,
                previous_hash text NOT NULL,
                hash text NOT NULL,
                CONSTRAINT audit_entry_sequence UNIQUE (chain, sequence)
            ) STRICT;",
        ),
        Step::Both("CREATE INDEX audit_entry_entity ON audit_entry (entity_id, id);"),
        Step::Both("CREATE INDEX audit_entry_account ON audit_entry (account_id, id);"),
        Step::Both("CREATE INDEX audit_entry_seller ON audit_entry (seller_id, id);"),
        Step::Both("CREATE INDEX audit_entry_action ON audit_entry (action, id);"),
        Step::Postgres(
            "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'the audit log is only added to, see docs/audit.md' USING ERRCODE = 'restrict_violation';
            END $$;",
        ),
        Step::Postgres(
            "CREATE FUNCTION audit_entry_let_go() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (SELECT FROM audit_anchor WHERE chain = OLD.chain AND sequence >= OLD.sequence) THEN
                    RETURN OLD;
                END IF;
                RAISE EXCEPTION 'the audit log is only added to, see docs/audit.md' USING ERRCODE = 'restrict_violation';
            END $$;",
        ),
        Step::Postgres(
            "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
                FOR EACH ROW EXECUTE FUNCTION audit_refuse();
            CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
                FOR EACH ROW EXECUTE FUNCTION audit_entry_let_go();
            CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
                FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
            CREATE TRIGGER audit_anchor_no_change BEFORE UPDATE OR DELETE ON audit_anchor
                FOR EACH ROW EXECUTE FUNCTION audit_refuse();
            CREATE TRIGGER audit_anchor_no_truncate BEFORE TRUNCATE ON audit_anchor
                FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();",
        ),
        // True where it made the month's table; false where it is there, or its entries stand in the default one.
        Step::Postgres(
            "CREATE FUNCTION audit_make_partition(moment timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
            DECLARE
                month timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
                name text := 'audit_entry_' || to_char(month, 'YYYY_MM');
            BEGIN
                IF to_regclass(name) IS NOT NULL THEN
                    RETURN false;
                END IF;
                EXECUTE format('CREATE TABLE %I PARTITION OF audit_entry FOR VALUES FROM (%L) TO (%L)', name,
                    month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
                EXECUTE format('CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON %I
                    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()', name);
                RETURN true;
            EXCEPTION WHEN check_violation THEN
                RETURN false;
            END $$;",
        ),
        Step::Postgres(
            "CREATE TABLE audit_entry_default PARTITION OF audit_entry DEFAULT;
            CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry_default
                FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();",
        ),
        Step::Postgres(
            "SELECT audit_make_partition(now()), audit_make_partition(now() + interval '1 month');",
        ),
        Step::Sqlite(
            "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
            BEGIN SELECT RAISE(ABORT, 'the audit log is only added to, see docs/audit.md'); END;",
        ),
        Step::Sqlite(
            "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
            WHEN NOT EXISTS (SELECT 1 FROM audit_anchor WHERE chain = OLD.chain AND sequence >= OLD.sequence)
            BEGIN SELECT RAISE(ABORT, 'the audit log is only added to, see docs/audit.md'); END;",
        ),
        // INSERT OR REPLACE deletes without asking the trigger above.
        Step::Sqlite(
            "CREATE TRIGGER audit_entry_no_replace BEFORE INSERT ON audit_entry
            WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id OR (chain = NEW.chain AND sequence = NEW.sequence))
            BEGIN SELECT RAISE(ABORT, 'the audit log is only added to, see docs/audit.md'); END;",
        ),
        Step::Sqlite(
            "CREATE TRIGGER audit_anchor_no_update BEFORE UPDATE ON audit_anchor
            BEGIN SELECT RAISE(ABORT, 'the audit log is only added to, see docs/audit.md'); END;",
        ),
        Step::Sqlite(
            "CREATE TRIGGER audit_anchor_no_delete BEFORE DELETE ON audit_anchor
            BEGIN SELECT RAISE(ABORT, 'the audit log is only added to, see docs/audit.md'); END;",
        ),
    ],
    down: &[
        Step::Both("DROP TABLE audit_entry;"),
        Step::Both("DROP TABLE audit_anchor;"),
        Step::Both("DROP TABLE audit_chain;"),
        Step::Postgres("DROP FUNCTION audit_make_partition(timestamptz);"),
        Step::Postgres("DROP FUNCTION audit_entry_let_go();"),
        Step::Postgres("DROP FUNCTION audit_refuse();"),
    ],
    in_transaction: true,
};
