"""Driving a server with wrk, and reading what it cost."""

import dataclasses
import os
import pathlib
import statistics
import subprocess
import time

import process

HERE = pathlib.Path(__file__).parent


@dataclasses.dataclass
class Way:
    """One way to answer the same question."""

    name: str
    url: str
    server: process.Server
    # A file of request bodies, one a line.
    bodies: str
    statements: str = "?"
    # A file of tokens, one a line, where whoever asks is somebody.
    tokens: str = ""
    runs: list = dataclasses.field(default_factory=list)

    def run(self, seconds, connections, postgres):
        """Loads it once, and keeps requests per second, CPU per request here and in PostgreSQL, and latencies."""
        self._drain()
        mine, theirs = self.server.processes(), process.children_of([postgres] if postgres else [])
        before = process.cpu_seconds(mine), process.cpu_seconds(theirs)
        command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(HERE / "page.lua"), self.url]
        output = subprocess.run(
            command,
            env={**os.environ, "PAGE_BODIES": self.bodies, "PAGE_TOKENS": self.tokens},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        result = next(line for line in output.splitlines() if line.startswith("RESULT ")).split()
        requests, microseconds, p50, p99, errors = int(result[1]), int(result[2]), *map(float, result[3:])
        if errors:
            raise SystemExit(f"{self.name}: {errors:.0f} errors in {requests} requests")
        # A slow one may not answer a single one while it warms up.
        requests = max(requests, 1)
        cpu = (process.cpu_seconds(mine) - before[0]) / requests * 1e6
        database = (process.cpu_seconds(theirs) - before[1]) / requests * 1e6
        self.runs.append((requests / microseconds * 1e6, cpu, database, p50, p99))
        print(f"   {self.name:34} {self.runs[-1][0]:>9,.0f}/s {cpu:>8,.0f} µs {database:>8,.0f} µs in PostgreSQL", flush=True)

    def _drain(self):
        """Waits until a server that works on what the last run gave up is done with it."""
        give_up = time.monotonic() + 30
        while time.monotonic() < give_up:
            before = process.cpu_seconds(self.server.processes())
            time.sleep(0.2)
            if process.cpu_seconds(self.server.processes()) - before < 0.05:
                return

    def medians(self):
        return [statistics.median(column) for column in zip(*self.runs)]

    def most_mb(self):
        """Memory at most so far; of several processes, the sum of what each had at most."""
        return process.memory_mb(self.server.processes(), "VmHWM")


def rounds(ways, settings, postgres, connections=None):
    """Runs all `ways` in turn, round after round, after one short run of each that warms it up."""
    connections = connections or settings.connections
    for way in ways:
        way.run(1, connections, postgres)
        way.runs.clear()
    for number in range(settings.rounds):
        print(f"-- round {number + 1}", flush=True)
        for way in ways:
            way.run(settings.seconds, connections, postgres)


def table(title, ways, against):
    """A table of medians in Markdown; `against` names the ways whose requests per second are the measures."""
    print(f"\n### {title}\n")
    heads = ["way", "requests/s", *(f"of {name}" for name in against), "CPU µs/request", "CPU in PostgreSQL", "p50 ms", "p99 ms", "statements", "idle MB", "most MB"]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    medians = {way.name: way.medians() for way in ways}
    for way in ways:
        rps, cpu, database, p50, p99 = medians[way.name]
        ratios = [f"{rps / medians[name][0]:.3g}" for name in against]
        memory = [f"{way.server.idle_mb:.0f}", f"{way.most_mb():.0f}"]
        cells = [way.name, f"{rps:,.0f}", *ratios, f"{cpu:,.0f}", f"{database:,.0f}", f"{p50:.1f}", f"{p99:.1f}", way.statements, *memory]
        print("| " + " | ".join(cells) + " |")
