#!/usr/bin/env bash
# Measures the page of docs/performance.md on SQLite and on PostgreSQL: the same bytes from memory, one hand-written
# statement, our server with nothing, with rows and with answers kept, and the peers in PEERS; in interleaved rounds. Prints
# tables of medians: requests per second and their ratios, CPU per request, statements, memory.
#
# Needs wrk, python3 and psql, and a PostgreSQL server that may create databases.
#
# Settings, as environment variables:
#   DATABASES          sqlite postgres (the default), or one of them
#   ROUNDS             3
#   SECONDS_PER_RUN    5
#   CONNECTIONS        32
#   SCALE              1: as `seed --bench --scale` takes it
#   PORT               8801: the first of seven ports
#   PEERS              the folder of the peers, see peers.py; none are measured without
#   PROFILE            bench, or release for the binary that is shipped
#   TEST_DATABASE_URL  postgres://postgres@127.0.0.1:5432/postgres
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
databases=${DATABASES:-sqlite postgres}
profile=${PROFILE:-bench}

for tool in wrk python3 $(case $databases in *postgres*) echo psql ;; esac); do
    command -v "$tool" > /dev/null || { echo "run.sh needs $tool." >&2; exit 1; }
done

# The path of a binary that cargo builds, by the rest of the arguments.
built() {
    (cd "$here" && cargo build --quiet --profile "$profile" "$@" --message-format json) | python3 -c 'import json, sys
paths = [m["executable"] for m in map(json.loads, sys.stdin) if m.get("executable")]
print(paths[-1])'
}

echo "Building with the profile $profile…"
tradewind=$(built --bin tradewind)
baseline=$(built --bench page-baseline)
python3 "$here/measure.py" --tradewind "$tradewind" --baseline "$baseline" --databases "$databases" \
    --rounds "${ROUNDS:-3}" --seconds "${SECONDS_PER_RUN:-5}" --connections "${CONNECTIONS:-32}" --scale "${SCALE:-1}" \
    --port "${PORT:-8801}" --peers "${PEERS:-}" \
    --postgres "${TEST_DATABASE_URL:-postgres://postgres@127.0.0.1:5432/postgres}"
