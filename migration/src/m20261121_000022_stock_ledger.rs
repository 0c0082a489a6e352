use crate::sql::{SqlMigration, Step};

// Stock by location, every change of it as a movement that is only added, and reservations. `stock` stays: the total of a variant,
// which reservations go against. Servers from before write totals without movements; `doctor` names what they wrote.
pub(crate) const MIGRATION: SqlMigration = SqlMigration {
    name: "m20261121_000022_stock_ledger",
    up: &[
        Step::Both(LOCATION),
        Step::Both(
            "CREATE UNIQUE INDEX stock_location_name_key ON stock_location (seller_id, name_key) WHERE deactivated_at IS NULL;",
        ),
        Step::Both("CREATE INDEX stock_location_seller ON stock_location (seller_id, id);"),
        Step::Both(LEVEL),
        Step::Both("CREATE INDEX stock_level_location ON stock_level (location_id, variant_id);"),
        Step::Both(MOVEMENT),
        Step::Both("CREATE INDEX stock_movement_seller ON stock_movement (seller_id, id);"),
        Step::Both("CREATE INDEX stock_movement_variant ON stock_movement (variant_id, id);"),
        Step::Both("CREATE INDEX stock_movement_location ON stock_movement (location_id, id);"),
        // Sales outnumber all others, and are found without.
        Step::Both(
            "CREATE INDEX stock_movement_reason ON stock_movement (seller_id, reason, id) WHERE reason <> 'SOLD';",
        ),
        Step::Both(RESERVATION),
        Step::Both(
            "CREATE UNIQUE INDEX stock_reservation_key ON stock_reservation (holder_id, variant_id);",
        ),
        Step::Both(
            "CREATE INDEX stock_reservation_due ON stock_reservation (expires_at) WHERE state = 'LIVE';",
        ),
        Step::Both(
            "CREATE INDEX stock_reservation_variant ON stock_reservation (variant_id) WHERE state = 'LIVE';",
        ),
        Step::Both(
            "ALTER TABLE stock ADD COLUMN low_threshold bigint
                CONSTRAINT stock_low_threshold_not_negative CHECK (low_threshold >= 0);",
        ),
        // A column rather than an expression in the index, so that what is sold seldom touches the index.
        Step::Both(
            "ALTER TABLE stock ADD COLUMN is_low boolean NOT NULL DEFAULT false
                CONSTRAINT stock_is_low_as_it_says
                CHECK (is_low = (tracked AND low_threshold IS NOT NULL AND on_hand - reserved <= low_threshold));",
        ),
        // A shop's first location has the shop's own id, so whoever puts stock there need not look for it.
        Step::Both(
            "INSERT INTO stock_location (id, seller_id, name, name_key, created_at, updated_at)
             SELECT id, id, 'Main', 'main', created_at, created_at FROM seller;",
        ),
        Step::Postgres(
            "CREATE FUNCTION seller_first_location() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO stock_location (id, seller_id, name, name_key, created_at, updated_at)
                VALUES (NEW.id, NEW.id, 'Main', 'main', NEW.created_at, NEW.created_at);
                RETURN NULL;
            END $$;",
        ),
        Step::Postgres(
            "CREATE TRIGGER seller_first_location AFTER INSERT ON seller
                FOR EACH ROW EXECUTE FUNCTION seller_first_location();",
        ),
        Step::Sqlite(
            "CREATE TRIGGER seller_first_location AFTER INSERT ON seller BEGIN
                INSERT INTO stock_location (id, seller_id, name, name_key, created_at, updated_at)
                VALUES (NEW.id, NEW.id, 'Main', 'main', NEW.created_at, NEW.created_at);
            END;",
        ),
        Step::Both(
            "INSERT INTO stock_level (variant_id, location_id, seller_id, on_hand, updated_at)
             SELECT variant_id, seller_id, seller_id, on_hand, updated_at FROM stock WHERE on_hand > 0;",
        ),
        // A variant has one opening movement at most, so its id is the variant's: older than every other movement.
        Step::Both(
            "INSERT INTO stock_movement
                (id, seller_id, variant_id, location_id, reason, delta, on_hand, actor, occurred_at)
             SELECT variant_id, seller_id, variant_id, seller_id, 'OPENING', on_hand, on_hand, 'SYSTEM', updated_at
             FROM stock WHERE on_hand > 0;",
        ),
        Step::Postgres(
            "CREATE FUNCTION stock_movement_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'stock movements are only added to, see docs/inventory.md' USING ERRCODE = 'restrict_violation';
            END $$;",
        ),
        Step::Postgres(
            "CREATE TRIGGER stock_movement_no_change BEFORE UPDATE OR DELETE ON stock_movement
                FOR EACH ROW EXECUTE FUNCTION stock_movement_refuse();
            CREATE TRIGGER stock_movement_no_truncate BEFORE TRUNCATE ON stock_movement
                FOR EACH STATEMENT EXECUTE FUNCTION stock_movement_refuse();",
        ),
        Step::Sqlite(
            "CREATE TRIGGER stock_movement_no_update BEFORE UPDATE ON stock_movement
            BEGIN SELECT RAISE(ABORT, 'stock movements are only added to, see docs/inventory.md'); END;",
        ),
        Step::Sqlite(
            "CREATE TRIGGER stock_movement_no_delete BEFORE DELETE ON stock_movement
            BEGIN SELECT RAISE(ABORT, 'stock movements are only added to, see docs/inventory.md'); END;",
        ),
        // INSERT OR REPLACE deletes without asking the trigger above.
        Step::Sqlite(
            "CREATE TRIGGER stock_movement_no_replace BEFORE INSERT ON stock_movement
            WHEN EXISTS (SELECT 1 FROM stock_movement WHERE id = NEW.id)
            BEGIN SELECT RAISE(ABORT, 'stock movements are only added to, see docs/inventory.md'); END;",
        ),
    ],
    down: &[
        Step::Postgres("DROP TRIGGER seller_first_location ON seller;"),
        Step::Sqlite("DROP TRIGGER seller_first_location;"),
        Step::Both("ALTER TABLE stock DROP COLUMN is_low;"),
        Step::Both("ALTER TABLE stock DROP COLUMN low_threshold;"),
        Step::Both("DROP TABLE stock_reservation;"),
        Step::Both("DROP TABLE stock_movement;"),
        Step::Both("DROP TABLE stock_level;"),
        Step::Both("DROP TABLE stock_location;"),
        Step::Postgres("DROP FUNCTION stock_movement_refuse();"),
        Step::Postgres("DROP FUNCTION seller_first_location();"),
    ],
    in_transaction: true,
};

const LOCATION: &str = "CREATE TABLE stock_location (
    id {uuid} NOT NULL PRIMARY KEY,
    seller_id {uuid} NOT NULL REFERENCES seller (id),
    name text NOT NULL
        CONSTRAINT stock_location_name_length CHECK (length(name) BETWEEN 1 AND 100),
    name_key {c_text} NOT NULL,
    priority integer NOT NULL DEFAULT 0
        CONSTRAINT stock_location_priority_range CHECK (priority BETWEEN 0 AND 1000),
    version bigint NOT NULL DEFAULT 1,
    created_at {timestamp} NOT NULL,
    updated_at {timestamp} NOT NULL,
    deactivated_at {timestamp},
    CONSTRAINT stock_location_first_stays CHECK (id <> seller_id OR deactivated_at IS NULL)
){strict};";

const LEVEL: &str = "CREATE TABLE stock_level (
    variant_id {uuid} NOT NULL REFERENCES stock (variant_id),
    location_id {uuid} NOT NULL REFERENCES stock_location (id),
    seller_id {uuid} NOT NULL REFERENCES seller (id),
    on_hand bigint NOT NULL
        CONSTRAINT stock_level_not_negative CHECK (on_hand >= 0),
    version bigint NOT NULL DEFAULT 1,
    updated_at {timestamp} NOT NULL,
    PRIMARY KEY (variant_id, location_id)
){strict};";

// Movements and reservations are made from the row of `stock`, which is never deleted, and say whose they are as it does. Foreign
// keys would only have all who buy the same share locks on the same few rows.
const MOVEMENT: &str = "CREATE TABLE stock_movement (
    id {uuid} NOT NULL PRIMARY KEY,
    seller_id {uuid} NOT NULL,
    variant_id {uuid} NOT NULL,
    location_id {uuid} NOT NULL,
    reason text NOT NULL
        CONSTRAINT stock_movement_reason_known CHECK (reason IN ('OPENING', 'IMPORTED', 'RECEIVED', 'ADJUSTED', 'DAMAGED',
            'RECOUNTED', 'TRANSFERRED_IN', 'TRANSFERRED_OUT', 'SOLD', 'RETURNED')),
    delta bigint NOT NULL
        CONSTRAINT stock_movement_moves CHECK (delta <> 0),
    on_hand bigint NOT NULL
        CONSTRAINT stock_movement_not_negative CHECK (on_hand >= 0),
    actor text NOT NULL
        CONSTRAINT stock_movement_actor_known CHECK (actor IN ('ANONYMOUS', 'PERSON', 'OPERATOR', 'SYSTEM')),
    account_id {uuid},
    holder_id {uuid},
    note text
        CONSTRAINT stock_movement_note_length CHECK (length(note) BETWEEN 1 AND 500),
    occurred_at {timestamp} NOT NULL,
    CONSTRAINT stock_movement_level FOREIGN KEY (variant_id, location_id)
        REFERENCES stock_level (variant_id, location_id),
    CONSTRAINT stock_movement_direction CHECK (CASE
        WHEN reason IN ('OPENING', 'RECEIVED', 'TRANSFERRED_IN', 'RETURNED') THEN delta > 0
        WHEN reason IN ('DAMAGED', 'TRANSFERRED_OUT', 'SOLD') THEN delta < 0
        ELSE true END),
    CONSTRAINT stock_movement_sold_to CHECK (holder_id IS NOT NULL OR reason NOT IN ('SOLD', 'RETURNED'))
){strict};";

const RESERVATION: &str = "CREATE TABLE stock_reservation (
    id {uuid} NOT NULL PRIMARY KEY,
    seller_id {uuid} NOT NULL,
    variant_id {uuid} NOT NULL,
    holder_id {uuid} NOT NULL,
    quantity bigint NOT NULL
        CONSTRAINT stock_reservation_quantity_positive CHECK (quantity > 0),
    counted boolean NOT NULL,
    state text NOT NULL
        CONSTRAINT stock_reservation_state_known CHECK (state IN ('LIVE', 'RELEASED', 'CLAIMED', 'EXPIRED')),
    returned bigint NOT NULL DEFAULT 0,
    expires_at {timestamp} NOT NULL,
    created_at {timestamp} NOT NULL,
    updated_at {timestamp} NOT NULL,
    CONSTRAINT stock_reservation_returns_what_was_sold
        CHECK (returned BETWEEN 0 AND quantity AND (returned = 0 OR state = 'CLAIMED'))
){strict};";
