BEGIN;
INSERT INTO stock_reservation SELECT gen_random_uuid(), variant_id, gen_random_uuid(), 1 FROM stock WHERE variant_id = '00000000-0000-7000-8000-000000000001';
UPDATE stock SET reserved = reserved + 1 WHERE variant_id = '00000000-0000-7000-8000-000000000001' AND on_hand - reserved >= 1;
\sleep :rest us
COMMIT;
