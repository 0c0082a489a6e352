#!/usr/bin/env bash
# Measures the page of docs/performance.md on SQLite and on PostgreSQL, against the same bytes from memory and one
# hand-written statement, in interleaved rounds, and prints a table of medians.
#
# Needs wrk, curl, python3 and psql, and a PostgreSQL server that may create databases.
#
# Settings, as environment variables:
#   DATABASES          sqlite postgres (the default), or one of them
#   ROUNDS             3
#   SECONDS_PER_RUN    10
#   CONNECTIONS        32
#   SCALE              1: as `seed --bench --scale` takes it
#   TEST_DATABASE_URL  postgres://postgres@127.0.0.1:5432/postgres
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
databases=${DATABASES:-sqlite postgres}
rounds=${ROUNDS:-3} seconds=${SECONDS_PER_RUN:-10} connections=${CONNECTIONS:-32} scale=${SCALE:-1}
postgres=${TEST_DATABASE_URL:-postgres://postgres@127.0.0.1:5432/postgres}
server_at=127.0.0.1:8801 baseline_at=127.0.0.1:8802
work=$(mktemp -d)
server_pid="" baseline_pid=""

for tool in wrk curl python3 $(case $databases in *postgres*) echo psql ;; esac); do
    command -v "$tool" > /dev/null || { echo "run.sh needs $tool." >&2; exit 1; }
done

stop() {
    for pid in $server_pid $baseline_pid; do
        kill "$pid" 2> /dev/null || true
        wait "$pid" 2> /dev/null || true
    done
    server_pid="" baseline_pid=""
}
clean() {
    stop
    rm -rf "$work"
}
trap clean EXIT

# The path of a binary that cargo builds, by the rest of the arguments.
built() {
    (cd "$root" && cargo build --quiet --profile bench "$@" --message-format json) | python3 -c 'import json, sys
paths = [m["executable"] for m in map(json.loads, sys.stdin) if m.get("executable")]
print(paths[-1])'
}

# Clock ticks of a process so far, in user and in kernel mode together.
ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }
memory_kb() { awk -v key="$2:" '$1 == key { print $2 }' "/proc/$1/status"; }

# Waits until a URL answers, up to 30 seconds.
await() {
    for _ in $(seq 300); do
        curl -sf -o /dev/null "$1" && return
        sleep 0.1
    done
    echo "Nothing answers at $1." >&2
    cat "$work"/*.log >&2
    exit 1
}

# One run of wrk against a process: adds a line "database target rps cpu_us p50_ms p99_ms" to the results.
measure() {
    local database=$1 target=$2 pid=$3 url=$4 before line
    before=$(ticks "$pid")
    line=$(PAGE_BODIES="$work/bodies.txt" wrk -t2 -c"$connections" -d"${seconds}s" -s "$here/page.lua" "$url" | grep '^RESULT ')
    python3 - "$database" "$target" "$(($(ticks "$pid") - before))" "$(getconf CLK_TCK)" $line >> "$work/results" <<'PYTHON'
import sys
database, target, ticks, ticks_per_second, _, requests, microseconds, p50, p99, errors = sys.argv[1:]
if int(errors) or not int(requests):
    sys.exit(f"{database} {target}: {errors} errors in {requests} requests")
rps = int(requests) / int(microseconds) * 1e6
cpu = int(ticks) / int(ticks_per_second) / int(requests) * 1e6
print(database, target, rps, cpu, p50, p99)
PYTHON
    tail -n 1 "$work/results"
}

url_of() {
    case $1 in
        sqlite) echo "sqlite://$work/page.db" ;;
        postgres) python3 -c 'import sys, urllib.parse as u
print(u.urlsplit(sys.argv[1])._replace(path="/tradewind_bench").geturl())' "$postgres" ;;
    esac
}

run() {
    local database=$1 url statements
    url=$(url_of "$database")
    if [ "$database" = postgres ]; then
        psql -qX "$postgres" -c 'SET client_min_messages = warning' -c 'DROP DATABASE IF EXISTS tradewind_bench WITH (FORCE)' -c 'CREATE DATABASE tradewind_bench'
    fi
    echo "== $database"
    DATABASE_URL=$url "$tradewind" seed --bench --scale "$scale"

    # All the load comes from one address, whose operations are paid for as any, and can be.
    DATABASE_URL=$url LISTEN=$server_at LOG_LEVEL=warn TRADEWIND_ENV=development \
        COST_BUCKET_PER_ADDRESS=1000000000 COST_RESTORE_PER_SECOND_PER_ADDRESS=1000000 \
        "$tradewind" serve > "$work/server.log" 2>&1 &
    server_pid=$!
    await "http://$server_at/health/ready"
    echo "memory idle $(memory_kb $server_pid VmRSS) kB"
    "$here/cursors.sh" "http://$server_at/graphql" "$work"
    statements=$(head -n 1 "$work/bodies.txt" | curl -sS -D - -o /dev/null -H 'Content-Type: application/json' \
        --data-binary @- "http://$server_at/graphql" | grep -i '^server-timing:' | grep -o '[0-9]* statements' || true)
    echo "page: ${statements:-statements unknown, no Server-Timing header}"

    "$baseline" --database-url "$url" --listen "$baseline_at" --answer "$work/answer.json" > "$work/baseline.log" 2>&1 &
    baseline_pid=$!
    # Only its port is awaited: it answers GET with 405.
    for _ in $(seq 100); do curl -s -o /dev/null "http://$baseline_at/" && break || sleep 0.1; done

    for round in $(seq "$rounds"); do
        echo "-- round $round"
        measure "$database" ceiling "$baseline_pid" "http://$baseline_at/ceiling"
        measure "$database" sql "$baseline_pid" "http://$baseline_at/sql"
        measure "$database" page "$server_pid" "http://$server_at/graphql"
    done
    echo "memory under load, at most $(memory_kb $server_pid VmHWM) kB, of which the database file $(memory_kb $server_pid RssFile) kB"
    stop
    if [ "$database" = postgres ]; then
        psql -qX "$postgres" -c 'SET client_min_messages = warning' -c 'DROP DATABASE IF EXISTS tradewind_bench WITH (FORCE)'
    fi
}

echo "Building with the profile bench…"
tradewind=$(built --bin tradewind)
baseline=$(built --bench page-baseline)
for database in $databases; do run "$database"; done

python3 - "$work/results" <<'PYTHON'
import collections, statistics, sys
runs = collections.defaultdict(list)
for line in open(sys.argv[1]):
    database, target, *figures = line.split()
    runs[database, target].append([float(figure) for figure in figures])
medians = {key: [statistics.median(column) for column in zip(*rows)] for key, rows in runs.items()}
print("\n| database | way | requests/s | of the ceiling | of the statement | CPU µs/request | p50 ms | p99 ms |")
print("|---|---|---|---|---|---|---|---|")
for (database, target), (rps, cpu, p50, p99) in medians.items():
    ceiling, sql = medians[database, "ceiling"][0], medians[database, "sql"][0]
    print(f"| {database} | {target} | {rps:,.0f} | {rps / ceiling:.3f} | {rps / sql:.2f} | {cpu:,.0f} | {p50:.1f} | {p99:.1f} |")
PYTHON
