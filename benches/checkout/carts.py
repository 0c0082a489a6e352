"""Carts of guests, ready to be bought, written straight into the database: making them is not what is measured."""

import datetime
import hashlib
import json
import pathlib
import random
import sqlite3
import subprocess
import uuid

NOW = datetime.datetime.now(datetime.timezone.utc)
UNITS = 1_000_000
ADDRESS = {"name": "Ada Quay", "line1": "Harbour 1", "city": "Hamburg", "postalCode": "20457", "country": "DE"}


def stamp(days=0):
    return (NOW + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S+00:00")


class Sqlite:
    """Rows go into the file; ids are blobs."""

    def __init__(self, url):
        self.file = url.removeprefix("sqlite://")

    def read(self, sql):
        with sqlite3.connect(self.file) as database:
            rows = database.execute(sql).fetchall()
        return [[uuid.UUID(bytes=cell) if isinstance(cell, bytes) else cell for cell in row] for row in rows]

    def run(self, sql):
        with sqlite3.connect(self.file) as database:
            database.execute(sql)

    def write(self, table, columns, rows):
        cells = lambda row: [cell.bytes if isinstance(cell, uuid.UUID) else cell for cell in row]
        marks = ", ".join("?" for _ in columns.split(","))
        with sqlite3.connect(self.file) as database:
            database.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", map(cells, rows))

    def settle(self):
        # Of carts alone: it believes for ever what it sees, and what there is nothing of yet grows while it is measured.
        self.run("ANALYZE cart")
        self.run("ANALYZE cart_line")


class Postgres:
    """Rows go through psql."""

    def __init__(self, url):
        self.url = url

    def _psql(self, sql, given=None):
        command = ["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-F", "\t", self.url, "-c", sql]
        return subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout

    def read(self, sql):
        cell = lambda text: uuid.UUID(text) if len(text) == 36 else int(text) if text.isdigit() else text
        return [[cell(text) for text in line.split("\t")] for line in self._psql(sql).splitlines()]

    def run(self, sql):
        self._psql(sql)

    def write(self, table, columns, rows):
        cell = lambda value: "\\N" if value is None else str(value).replace("\\", "\\\\")
        lines = ("\t".join(map(cell, row)) for row in rows)
        self._psql(f"COPY {table} ({columns}) FROM STDIN", "\n".join(lines) + "\n")

    def settle(self):
        self.run("ANALYZE cart, cart_line")


def opened(url):
    return Sqlite(url) if url.startswith("sqlite:") else Postgres(url)


class Market:
    """What there is to buy: variants of open shops, each of which sends things in one way; taxed, and with units enough."""

    def __init__(self, database):
        self.database = database
        self.random = random.Random(7)
        self.variants = database.read(
            "SELECT v.id, v.seller_id, v.price, v.currency FROM variant v JOIN product p ON p.id = v.product_id JOIN seller s ON s.id = v.seller_id "
            "WHERE p.status = 'ACTIVE' AND s.status = 'ACTIVE' AND v.deleted_at IS NULL AND s.deleted_at IS NULL ORDER BY v.id"
        )
        currencies = [currency for _, _, _, currency in self.variants]
        self.currency = max(set(currencies), key=currencies.count)
        self.variants = [variant for variant in self.variants if variant[3] == self.currency]
        self.methods = {seller: uuid.uuid4() for seller in sorted({variant[1] for variant in self.variants}, key=str)}
        database.write(
            "shipping_method", "id, seller_id, name, currency, price, countries, active, version, created_at, updated_at",
            [(method, seller, "Post", self.currency, 490, "", 1, 1, stamp(), stamp()) for seller, method in self.methods.items()],
        )
        database.write(
            "tax_rate", "id, country, region, name, rate_bps, included, version, created_at, updated_at",
            [(uuid.uuid4(), "DE", "", "VAT", 1900, 1, 1, stamp(), stamp())],
        )
        # Of a movement that nobody wrote down: this database is thrown away.
        database.run(f"UPDATE stock_level SET on_hand = {UNITS}")
        database.run(f"UPDATE stock SET on_hand = {UNITS}")

    def cart_of(self, lines):
        """The token of a cart of so many lines, all of one shop."""
        of_shop = {}
        for variant in self.variants:
            of_shop.setdefault(variant[1], []).append(variant)
        return self._write([max(of_shop.values(), key=len)[:lines]])[0]

    def carts(self, count, hot, file: pathlib.Path):
        """So many carts, each of one to three variants, or all of the first one; their tokens go into `file`."""
        one_to_three = lambda: self.random.sample(self.variants, self.random.randint(1, 3))
        tokens = self._write([self.variants[:1] if hot else one_to_three() for _ in range(count)])
        file.write_text("\n".join(tokens) + "\n")
        return file

    def _write(self, wishes):
        """Writes a cart for each of `wishes`, which are lists of variants; returns their tokens."""
        carts, lines, tokens = [], [], []
        for wanted in wishes:
            cart, token = uuid.uuid4(), f"bench-{uuid.uuid4().hex}"
            shipping = {str(seller): str(self.methods[seller]) for _, seller, _, _ in wanted}
            carts.append((
                cart, hashlib.sha256(token.encode()).hexdigest(), "ACTIVE", self.currency, "ada@quay.example", json.dumps(ADDRESS),
                json.dumps({"shipping": shipping}), 2, stamp(), stamp(), stamp(30),
            ))
            lines += [(uuid.uuid4(), cart, seller, variant, 1, price, stamp()) for variant, seller, price, _ in wanted]
            tokens.append(token)
        columns = "id, token_hash, state, currency, email, address, choices, version, created_at, updated_at, expires_at"
        self.database.write("cart", columns, carts)
        self.database.write("cart_line", "id, cart_id, seller_id, variant_id, quantity, price_seen, created_at", lines)
        self.database.settle()
        return tokens
