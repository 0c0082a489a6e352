"""What others give for the same shapes, beside us, in the same rounds.

PEERS names a folder with one folder per peer, each with a start.sh that prints `pid=` and `startup_ms=`: apollo (Apollo
Server, DataLoader and pg) and postgraphile on port 4001 and 4002, over the tables of bench_schema.sql in a database
`postgraphile`; vendure on port 3000 over its own. Their documents are in docs/. What is not there is skipped.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.request

from load import Way, rounds, table
from process import children_of, memory_mb

# How many different pages of the list, and how many products, are asked for in turn.
PAGES, PRODUCTS = 20, 100
# How many carts are filled in turn, each with at most so many lines.
CARTS, LINES = 100, 5
# More would only have the slow ones wait.
CONNECTIONS = 16


class Peer:
    """A peer that its own script started."""

    def __init__(self, folder):
        output = subprocess.run(["bash", "start.sh"], cwd=folder, capture_output=True, text=True).stdout
        found = re.search(r"pid=(\d+) startup_ms=(\d+)", output)
        if not found:
            raise RuntimeError(output.strip() or "it does not start")
        self.pid, self.first_answer_ms = int(found[1]), float(found[2])
        time.sleep(1)
        self.idle_mb = memory_mb(self.processes())

    def processes(self):
        return children_of([self.pid])

    def stop(self):
        try:
            os.killpg(self.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass


def started(folder, name):
    """The peer `name`, or nothing where it is not there or does not start."""
    if not (folder / name / "node_modules").is_dir():
        print(f"   {name}: SKIPPED, not installed in {folder or 'PEERS'}", flush=True)
        return None
    try:
        return Peer(folder / name)
    except (OSError, RuntimeError) as error:
        print(f"   {name}: SKIPPED, {error}", flush=True)
        return None


def measure(harness, settings, folder, postgres, url):
    """The nested page beside Apollo and PostGraphile, and a list and a product beside Vendure, all on PostgreSQL."""
    if not settings.peers:
        print("== peers: SKIPPED, PEERS names no folder")
        return
    print("== peers", flush=True)
    peers_folder = pathlib.Path(settings.peers)
    running = {name: started(peers_folder, name) for name in ["apollo", "postgraphile", "vendure"]}
    bare = harness.served(settings, url, settings.port + 5, folder, harness.BARE)
    ours = harness.served(settings, url, settings.port + 6, folder, harness.UNKEPT)
    mine = [("nothing kept", bare), ("rows kept", ours)]
    try:
        nested(harness, settings, folder, postgres, peers_folder, mine, running)
        if running["vendure"]:
            shop(harness, settings, folder, postgres, peers_folder, mine, running["vendure"])
        fill_carts(harness, settings, folder, postgres, peers_folder, ours, running["vendure"])
    finally:
        bare.stop()
        ours.stop()
        for peer in filter(None, running.values()):
            peer.stop()


def way(harness, folder, name, url, server, bodies, of_ours=False):
    """A way to load `server`, whose first answer is without errors."""
    harness.answered(url, bodies[0])
    file = harness.written(folder, re.sub(r"\W+", "-", name) + ".txt", bodies)
    return Way(name, url, server, file, harness.statements(url, bodies[0]) if of_ours else "?")


def nested(harness, settings, folder, postgres, peers_folder, mine, running):
    ours = mine[0][1]
    query = harness.document("documents/nested.graphql")
    bodies, after = [], None
    for _ in range(PAGES):
        bodies.append(harness.body_of(query, after=after))
        after = harness.answered(ours.url, bodies[-1])[0]["products"]["pageInfo"]["endCursor"]
    ways = [way(harness, folder, f"nested page, {kept}", ours.url, ours, bodies, of_ours=True) for kept, ours in mine]
    for name, port in [("apollo", 4001), ("postgraphile", 4002)]:
        if running[name]:
            document = (peers_folder / f"docs/nested_{name}.graphql").read_text().strip()
            # Small offsets, at which both are at their best.
            bodies = [harness.body_of(document, offset=offset) for offset in range(PAGES)]
            ways.append(way(harness, folder, name, f"http://127.0.0.1:{port}/graphql", running[name], bodies))
    rounds(ways, settings, postgres, CONNECTIONS)
    table("The peers' nested page, no answers kept", ways, [peer.name for peer in ways[len(mine):]])


def shop(harness, settings, folder, postgres, peers_folder, mine, vendure):
    ours = mine[0][1]
    theirs = "http://127.0.0.1:3000/shop-api"
    listed = harness.body_of(harness.document("documents/list.graphql"))
    their_list = json.dumps({"query": (peers_folder / "docs/vendure_a_products.graphql").read_text().strip()})
    detail = harness.document("documents/detail.graphql")
    their_detail = (peers_folder / "docs/vendure_c_detail.graphql").read_text().strip()
    products = harness.answered(ours.url, json.dumps({"query": f"{{ products(first: {PRODUCTS}) {{ nodes {{ slug }} }} }}"}))[0]
    slugs = [product["slug"] for product in products["products"]["nodes"]]
    details = [harness.body_of(detail, slug=slug) for slug in slugs]
    their_details = [harness.body_of(their_detail, slug=f"product-{number + 1}") for number in range(PRODUCTS)]
    pairs = [
        ("A product list", "list", [listed], [their_list]),
        ("A product", "product", details, their_details),
    ]
    for title, name, bodies, others in pairs:
        ways = [way(harness, folder, f"{name}, {kept}", ours.url, ours, bodies, of_ours=True) for kept, ours in mine]
        ways.append(way(harness, folder, f"vendure, {name}", theirs, vendure, others))
        rounds(ways, settings, postgres, CONNECTIONS)
        table(f"{title}, beside Vendure, no answers kept", ways, [ways[-1].name])


def fill_carts(harness, settings, folder, postgres, peers_folder, ours, vendure):
    """A line more in a cart, and the whole cart for an answer: carts of guests, which get at most five lines."""
    wanted = f"{{ products(first: {LINES}) {{ nodes {{ variants(first: 1) {{ nodes {{ id }} }} }} }} }}"
    products = harness.answered(ours.url, json.dumps({"query": wanted}))[0]["products"]["nodes"]
    variants = [product["variants"]["nodes"][0]["id"] for product in products]
    create = json.dumps({"query": "mutation { cartCreate(input: {}) { cartToken } }"})
    tokens = [harness.answered(ours.url, create)[0]["cartCreate"]["cartToken"] for _ in range(CARTS)]
    add = harness.document("documents/cart.graphql")
    bodies = [
        harness.body_of(add, input={"cartToken": token, "add": [{"variantId": variant, "quantity": 1}]})
        for variant in variants
        for token in tokens
    ]
    added = harness.answered(ours.url, bodies[0])[0]["cartUpdate"]
    if added["userErrors"] or not added["cart"]["lines"]:
        raise SystemExit(f"Nothing is put into a cart: {added}")
    ways = [way(harness, folder, "a line into a cart", ours.url, ours, bodies, of_ours=True)]
    if vendure:
        ways.append(vendure_carts(harness, folder, peers_folder, vendure))
    rounds(ways, settings, postgres, CONNECTIONS)
    table("A line put into a cart, the whole cart returned", ways, [ways[-1].name])


def vendure_carts(harness, folder, peers_folder, vendure):
    """The same there: a session is a cart."""
    url = "http://127.0.0.1:3000/shop-api"
    add = (peers_folder / "docs/vendure_d1_add.graphql").read_text().strip()
    bodies = [harness.body_of(add, v=str(1 + 7 * number)) for number in range(LINES)]
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    tokens = []
    for _ in range(CARTS):
        with urllib.request.urlopen(urllib.request.Request(url, bodies[0].encode(), headers), timeout=60) as answer:
            text = answer.read().decode()
            if '"Order"' not in text:
                raise SystemExit(f"Vendure puts nothing into a cart: {text[:1000]}")
            tokens.append(answer.headers["vendure-auth-token"])
    files = [harness.written(folder, f"vendure-cart-{name}.txt", lines) for name, lines in [("bodies", bodies), ("tokens", tokens)]]
    return Way("vendure, a line into a cart", url, vendure, files[0], "?", files[1])
