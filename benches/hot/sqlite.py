"""The same on SQLite, where those who write come one after the other whatever they write to: what one transaction costs."""

import os
import pathlib
import sqlite3
import tempfile
import time
import uuid

VARIANT = uuid.UUID("00000000-0000-7000-8000-000000000001").bytes
TAKE = {
    "total": "UPDATE stock SET reserved = reserved + 1 WHERE variant_id = ?1 AND on_hand - reserved >= 1",
    "units": "UPDATE stock_unit SET holder_id = ?2 WHERE id = (SELECT id FROM stock_unit WHERE variant_id = ?1 AND holder_id IS NULL ORDER BY id LIMIT 1)",
}
SECONDS = float(os.environ.get("SECONDS_PER_RUN", "3"))

for number in range(1, int(os.environ.get("ROUNDS", "3")) + 1):
    for way, take in TAKE.items():
        with tempfile.TemporaryDirectory() as folder:
            database = sqlite3.connect(pathlib.Path(folder) / "hot.db", isolation_level=None)
            database.executescript("""
                PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                CREATE TABLE stock (variant_id blob PRIMARY KEY, on_hand integer NOT NULL, reserved integer NOT NULL);
                CREATE TABLE stock_unit (id integer PRIMARY KEY, variant_id blob NOT NULL, holder_id blob);
                CREATE INDEX stock_unit_free ON stock_unit (variant_id, id) WHERE holder_id IS NULL;
                CREATE TABLE stock_reservation (id blob PRIMARY KEY, variant_id blob NOT NULL, holder_id blob NOT NULL, UNIQUE (holder_id, variant_id));
            """)
            database.execute("INSERT INTO stock VALUES (?, 100000000, 0)", [VARIANT])
            database.execute("BEGIN")
            database.executemany("INSERT INTO stock_unit (variant_id) VALUES (?)", ([VARIANT] for _ in range(200_000)))
            database.execute("COMMIT")
            done, began = 0, time.monotonic()
            while time.monotonic() - began < SECONDS:
                holder = uuid.uuid4().bytes
                database.execute("BEGIN IMMEDIATE")
                database.execute("INSERT INTO stock_reservation VALUES (?1, ?2, ?1)", [holder, VARIANT])
                database.execute(take, [VARIANT, holder] if way == "units" else [VARIANT])
                database.execute("COMMIT")
                done += 1
            print(f"SQLite, round {number}, {way}: {done / (time.monotonic() - began):.0f} a second", flush=True)
