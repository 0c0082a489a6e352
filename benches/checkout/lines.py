"""What one more in a cart takes, the whole cart returned, in carts of one line and of fifty.

    python3 benches/checkout/lines.py TRADEWIND [postgres://…]     an empty database; SQLite in a temporary folder without one

One request at a time, the carts in turn; prints the median of each, and how they compare.
"""

import json
import os
import pathlib
import re
import statistics
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "page"))

import carts
import process

SIZES, TIMES, PORT = [1, 10, 50], 200, 8831
DOCUMENT = " ".join((HERE.parent / "page/documents/cart.graphql").read_text().split())
UNLIMITED = {"COST_BUCKET": "0", "COST_BUCKET_PER_ADDRESS": "0", "LOG_LEVEL": "warn", "TRADEWIND_ENV": "development", "SERVE_JOBS": "false"}


def ids_of(url, token):
    """The variants in the cart, as clients know them."""
    query = "query ($token: String) { cart(token: $token) { lines { variantId } } }"
    text, _ = process.ask(url, json.dumps({"query": query, "variables": {"token": token}}))
    return [line["variantId"] for line in json.loads(text)["data"]["cart"]["lines"]]


def add(url, token, variant):
    """Adds one; returns how long that took, in milliseconds, and the statements."""
    variables = {"input": {"cartToken": token, "add": [{"variantId": variant, "quantity": 1}]}}
    body = json.dumps({"query": DOCUMENT, "variables": variables})
    began = time.perf_counter()
    text, headers = process.ask(url, body)
    took = (time.perf_counter() - began) * 1e3
    if '"userErrors":[]' not in text:
        sys.exit(f"Nothing is put in: {text[:1000]}")
    return took, re.search(r"(\d+) statements?", headers["Server-Timing"]).group(1)


def main():
    tradewind = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite://{folder}/lines.db"
        environment = {**os.environ, **UNLIMITED, "DATABASE_URL": url, "LISTEN": f"127.0.0.1:{PORT}"}
        process.subprocess.run([tradewind, "seed", "--bench"], env=environment, check=True)
        market = carts.Market(carts.opened(url))
        tokens = {size: market.cart_of(size) for size in SIZES}
        server = process.Server([tradewind, "serve"], f"http://127.0.0.1:{PORT}/graphql", environment, f"{folder}/server.log", json.dumps({"query": "{ __typename }"}))
        try:
            variants = {size: ids_of(server.url, token) for size, token in tokens.items()}
            taken, counts = {size: [] for size in SIZES}, {}
            for turn in range(TIMES + 20):
                for size, token in tokens.items():
                    took, counts[size] = add(server.url, token, variants[size][turn % size])
                    # The first ones have plans and documents made.
                    if turn >= 20:
                        taken[size].append(took)
        finally:
            server.stop()
    first = statistics.median(taken[SIZES[0]])
    print("| lines | ms | of one line | statements |\n|---|---|---|---|")
    for size in SIZES:
        median = statistics.median(taken[size])
        print(f"| {size} | {median:.2f} | {median / first:.2f} | {counts[size]} |")


main()
