-- What selling one variant to many writes, without the rest of the shop: its total, a row for each unit of it, what is promised, and the row
-- by which its events are counted.
CREATE TABLE stock (variant_id uuid PRIMARY KEY, on_hand bigint NOT NULL, reserved bigint NOT NULL, CHECK (reserved <= on_hand));
CREATE TABLE stock_unit (id bigint PRIMARY KEY, variant_id uuid NOT NULL, holder_id uuid);
CREATE INDEX stock_unit_free ON stock_unit (variant_id, id) WHERE holder_id IS NULL;
CREATE TABLE stock_reservation (id uuid PRIMARY KEY, variant_id uuid NOT NULL, holder_id uuid NOT NULL, quantity bigint NOT NULL, UNIQUE (holder_id, variant_id));
CREATE TABLE outbox_aggregate (aggregate_id uuid PRIMARY KEY, last_sequence bigint NOT NULL);
INSERT INTO stock VALUES ('00000000-0000-7000-8000-000000000001', 100000000, 0);
INSERT INTO stock_unit SELECT number, '00000000-0000-7000-8000-000000000001' FROM generate_series(1, 400000) AS number;
INSERT INTO outbox_aggregate VALUES ('00000000-0000-7000-8000-000000000001', 0);
ANALYZE;
