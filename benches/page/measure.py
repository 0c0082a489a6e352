"""Measures the page of docs/performance.md; started by run.sh, which builds what is measured.

Everything that is compared runs in the same rounds, one after the other. Prints tables of medians in Markdown.
"""

import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import urllib.parse

import peers
from load import HERE, Way, rounds, table
from process import Server, ask, postmaster

TYPENAME = json.dumps({"query": "{ __typename }"})
# Answers are made anew each time, of rows that may be kept; and with no row kept either.
UNKEPT = {"GRAPHQL_ANSWERS_BYTES": "0"}
BARE = {**UNKEPT, "ENTITIES_KEPT": "0"}
# Nobody is held back for what their documents cost.
UNLIMITED = {"COST_BUCKET": "0", "COST_BUCKET_PER_ADDRESS": "0"}


def document(name):
    return " ".join((HERE / name).read_text().split())


def body_of(query, **variables):
    return json.dumps({"query": query, "variables": variables})


def answered(url, body):
    """The data of an answer, which must hold no errors."""
    text, headers = ask(url, body)
    answer = json.loads(text)
    if answer.get("errors"):
        sys.exit(f"An answer of {url} holds errors: {text[:2000]}")
    return answer["data"], text, headers


def statements(url, body):
    """How many statements a request takes, as the server says, once its documents and plans are kept."""
    for _ in range(3):
        _, _, headers = answered(url, body)
    found = re.search(r"(\d+) statements?", headers.get("Server-Timing") or "")
    return found.group(1) if found else "?"


def database_url(kind, folder, settings):
    if kind == "sqlite":
        return f"sqlite://{folder / 'page.db'}"
    # Without TLS, as the peers connect.
    return urllib.parse.urlsplit(settings.postgres)._replace(path="/tradewind_bench", query="sslmode=disable").geturl()


def fill(kind, url, settings):
    """A database of its own with the data of `tradewind seed --bench`."""
    if kind == "postgres":
        drop_database(settings)
        psql(settings, "CREATE DATABASE tradewind_bench")
    subprocess.run(
        [settings.tradewind, "seed", "--bench", "--scale", settings.scale], env=environment(url), check=True
    )


def psql(settings, sql):
    command = ["psql", "-qX", settings.postgres, "-c", "SET client_min_messages = warning", "-c", sql]
    subprocess.run(command, check=True)


def drop_database(settings):
    psql(settings, "DROP DATABASE IF EXISTS tradewind_bench WITH (FORCE)")


def environment(url):
    return {**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "warn", "TRADEWIND_ENV": "development", **UNLIMITED}


def served(settings, url, port, folder, extra):
    """Our server on `port`."""
    return Server(
        [settings.tradewind, "serve"],
        f"http://127.0.0.1:{port}/graphql",
        {**environment(url), "LISTEN": f"127.0.0.1:{port}", **extra},
        folder / f"server-{port}.log",
        TYPENAME,
    )


def walk(url, query, pages, folder, name):
    """The bodies that ask for `pages` pages of products in turn, in a file, and the answers."""
    after, bodies, answers = None, [], []
    for _ in range(pages + 1):
        body = body_of(query, after=after)
        data, text, _ = answered(url, body)
        # The first page, which needs no cursor, only leads to the others.
        if after is not None:
            bodies.append(body)
            answers.append(text)
        after = data["products"]["pageInfo"]["endCursor"]
    return written(folder, name, bodies), answers


def written(folder, name, bodies):
    path = folder / name
    path.write_text("\n".join(bodies) + "\n")
    return str(path)


def measure_page(kind, settings, folder, postgres):
    """The page on one database: the ceiling, the hand-written statement, and our server without and with kept answers."""
    print(f"== the page on {kind}", flush=True)
    url = database_url(kind, folder, settings)
    fill(kind, url, settings)
    started = []
    try:
        unkept = served(settings, url, settings.port, folder, UNKEPT)
        started.append(unkept)
        bodies, answers = walk(unkept.url, document("page.graphql"), 99, folder, f"{kind}-bodies.txt")
        kept = written(folder, "answers.jsonl", answers)
        base = f"http://127.0.0.1:{settings.port + 1}"
        baseline = Server(
            [settings.baseline, "--database-url", url, "--listen", base.removeprefix("http://"), "--answers", kept],
            f"{base}/ceiling", {}, folder / "baseline.log",
        )
        started.append(baseline)
        first = open(bodies).readline()
        ways = [
            Way("ceiling", f"{base}/ceiling", baseline, bodies, "0"),
            Way("statement", f"{base}/sql", baseline, bodies, "1"),
        ]
        for number, (name, extra) in enumerate([("nothing kept", BARE), ("rows kept", UNKEPT), ("answers kept", {})], 2):
            server = unkept
            if extra is not UNKEPT:
                server = served(settings, url, settings.port + number, folder, extra)
                started.append(server)
            ways.append(Way(f"page, {name}", server.url, server, bodies, statements(server.url, first)))
        rounds(ways, settings, postgres)
        table(f"The page on {kind}, {len(answers[0]):,} bytes, start to first answer {unkept.first_answer_ms:.0f} ms", ways, ["ceiling", "statement"])
        if kind == "postgres":
            # With all of them running, PostgreSQL would have to hold more connections than its default of 100.
            while started:
                started.pop().stop()
            peers.measure(sys.modules[__name__], settings, folder, postgres, url)
    finally:
        for server in started:
            server.stop()
        if kind == "postgres":
            drop_database(settings)


def main():
    options = argparse.ArgumentParser()
    for name in ["tradewind", "baseline", "databases", "postgres", "scale", "peers"]:
        options.add_argument(f"--{name}", required=True)
    for name in ["rounds", "seconds", "connections", "port"]:
        options.add_argument(f"--{name}", required=True, type=int)
    settings = options.parse_args()
    # Servers are stopped on the way out, also when the run is ended from outside.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    postgres = postmaster()
    with tempfile.TemporaryDirectory() as folder:
        for kind in settings.databases.split():
            measure_page(kind, settings, pathlib.Path(folder), postgres)


main()
