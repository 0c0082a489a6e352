"""Measures the checkout of docs/performance.md; started by run.sh, which builds what is measured."""

import argparse
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "page"))

import carts
import process

TYPENAME = json.dumps({"query": "{ __typename }"})
# A card of the sandbox that pays.
CARD = "4242424242424242"
# Of so many carts per second of a run there are enough.
MOST_PER_SECOND = 2_500


def document():
    return " ".join((HERE / "checkout.graphql").read_text().split())


def body():
    variables = {"input": {"cartToken": "TOKEN", "payment": {"method": CARD}}}
    return json.dumps({"query": document(), "variables": variables})


def psql(settings, sql):
    command = ["psql", "-qX", settings.postgres, "-c", "SET client_min_messages = warning", "-c", sql]
    subprocess.run(command, check=True)


def drop_database(settings):
    psql(settings, "DROP DATABASE IF EXISTS tradewind_checkout WITH (FORCE)")


def database_url(kind, folder, settings):
    if kind == "sqlite":
        return f"sqlite://{folder / 'checkout.db'}"
    return urllib.parse.urlsplit(settings.postgres)._replace(path="/tradewind_checkout", query="sslmode=disable").geturl()


def environment(url):
    # Nobody is held back for what their documents cost.
    unlimited = {"COST_BUCKET": "0", "COST_BUCKET_PER_ADDRESS": "0"}
    return {**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "warn", "TRADEWIND_ENV": "development", **unlimited}


class Way:
    """Buying carts of one kind from one server."""

    def __init__(self, name, server, tokens):
        self.name, self.server, self.tokens = name, server, tokens
        self.runs, self.used = [], 0

    def statements(self):
        """How many statements a checkout takes, as the server says."""
        token = self._take(1)[0]
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Idempotency-Key": f"one-{token}"}
        request = urllib.request.Request(self.server.url, body().replace("TOKEN", token).encode(), headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read().decode()
            if '"state":"PENDING"' not in text:
                sys.exit(f"{self.name} is refused: {text[:1000]}")
            return re.search(r"(\d+) statements?", answer.headers.get("Server-Timing") or "").group(1)

    def _take(self, count):
        taken = self.tokens[self.used : self.used + count]
        self.used += count
        return taken

    def run(self, settings, seconds, postgres, folder):
        file = folder / "tokens.txt"
        file.write_text("\n".join(self._take(MOST_PER_SECOND * seconds)) + "\n")
        mine, theirs = self.server.processes(), process.children_of([postgres] if postgres else [])
        before = process.cpu_seconds(mine), process.cpu_seconds(theirs)
        command = ["wrk", "-t2", f"-c{settings.connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(HERE / "checkout.lua"), self.server.url]
        told = subprocess.run(
            command, env={**os.environ, "CHECKOUT_TOKENS": str(file), "CHECKOUT_BODY": body()}, capture_output=True, text=True, check=True
        ).stdout
        result = next(line for line in told.splitlines() if line.startswith("RESULT ")).split()
        requests, microseconds, p50, p99, errors = int(result[1]), int(result[2]), *map(float, result[3:6])
        if errors:
            told = [line for line in told.splitlines() if line.startswith("REFUSED ")]
            sys.exit(f"{self.name}: {errors:.0f} errors in {requests} checkouts {told}")
        cpu = (process.cpu_seconds(mine) - before[0]) / max(requests, 1) * 1e6
        database = (process.cpu_seconds(theirs) - before[1]) / max(requests, 1) * 1e6
        self.runs.append((requests / microseconds * 1e6, cpu, database, p50, p99))
        print(f"   {self.name:28} {self.runs[-1][0]:>7,.0f}/s {cpu:>7,.0f} µs {database:>7,.0f} µs in PostgreSQL", flush=True)


def measure(kind, settings, folder, postgres):
    print(f"== checkouts on {kind}", flush=True)
    url = database_url(kind, folder, settings)
    if kind == "postgres":
        drop_database(settings)
        psql(settings, "CREATE DATABASE tradewind_checkout")
    servers = []
    try:
        subprocess.run([settings.tradewind, "seed", "--bench"], env=environment(url), check=True)
        database = carts.opened(url)
        market = carts.Market(database)
        # The jobs of all that is bought before are done by the second server: it comes after the first is through.
        per_way = MOST_PER_SECOND * (settings.seconds * settings.rounds + 1) + 1
        for number, jobs in enumerate(["false", "true"]):
            tokens = {
                name: market.carts(per_way, name == "one hot variant", folder / f"{kind}-{number}.txt").read_text().split()
                for name in ["many variants", "one hot variant"]
            }
            server = process.Server(
                [settings.tradewind, "serve"],
                f"http://127.0.0.1:{settings.port + number}/graphql",
                {**environment(url), "LISTEN": f"127.0.0.1:{settings.port + number}", "SERVE_JOBS": jobs},
                folder / f"server-{kind}-{number}.log",
                TYPENAME,
            )
            servers.append(server)
            words = "paid by the same process" if jobs == "true" else "paid by others"
            ways = [Way(f"{name}, {words}", server, list_) for name, list_ in tokens.items()]
            counts = [way.statements() for way in ways]
            for way in ways:
                way.run(settings, 1, postgres, folder)
                way.runs.clear()
            for _ in range(settings.rounds):
                for way in ways:
                    way.run(settings, settings.seconds, postgres, folder)
            table(f"{kind}, {words}", ways, counts)
            server.stop()
            # What was not paid while this one ran is not the next one's work.
            database.run("DELETE FROM job")
    finally:
        for server in servers:
            if server.process.poll() is None:
                server.stop()
        if kind == "postgres":
            drop_database(settings)


def table(title, ways, counts):
    print(f"\n### Checkouts on {title}\n")
    heads = ["carts", "checkouts/s", "CPU µs/checkout", "CPU in PostgreSQL", "p50 ms", "p99 ms", "statements", "most MB"]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for way, count in zip(ways, counts):
        rps, cpu, database, p50, p99 = (statistics.median(column) for column in zip(*way.runs))
        memory = process.memory_mb(way.server.processes(), "VmHWM")
        print(f"| {way.name} | {rps:,.0f} | {cpu:,.0f} | {database:,.0f} | {p50:.1f} | {p99:.1f} | {count} | {memory:.0f} |")
    print(flush=True)


def main():
    options = argparse.ArgumentParser()
    for name in ["tradewind", "databases", "postgres"]:
        options.add_argument(f"--{name}", required=True)
    for name in ["rounds", "seconds", "connections", "port"]:
        options.add_argument(f"--{name}", required=True, type=int)
    settings = options.parse_args()
    # Servers are stopped on the way out, also when the run is ended from outside.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    postgres = process.postmaster()
    with tempfile.TemporaryDirectory() as folder:
        for kind in settings.databases.split():
            measure(kind, settings, pathlib.Path(folder), postgres)


main()
