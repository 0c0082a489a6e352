#!/usr/bin/env bash
# Measures the checkout of docs/performance.md on SQLite and on PostgreSQL: carts that were made before are bought over HTTP, until the
# order stands as PENDING. Shoppers who buy this and that, and shoppers who all want the same variant; with the jobs that have the orders
# paid left to others, and done by the same process. Prints a table of medians of interleaved rounds.
#
# Needs wrk, python3 and psql, and a PostgreSQL server that may create databases.
#
# Settings, as environment variables:
#   DATABASES          sqlite postgres (the default), or one of them
#   ROUNDS             3
#   SECONDS_PER_RUN    4
#   CONNECTIONS        16
#   PORT               8821: the first of two ports
#   PROFILE            bench, or release for the binary that is shipped; TRADEWIND names a binary that is built already
#   TEST_DATABASE_URL  postgres://postgres@127.0.0.1:5432/postgres
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
databases=${DATABASES:-sqlite postgres}
profile=${PROFILE:-bench}

for tool in wrk python3 $(case $databases in *postgres*) echo psql ;; esac); do
    command -v "$tool" > /dev/null || { echo "run.sh needs $tool." >&2; exit 1; }
done

tradewind=${TRADEWIND:-}
if [ -z "$tradewind" ]; then
    echo "Building with the profile $profile…"
    tradewind=$(cd "$here" && cargo build --quiet --profile "$profile" --bin tradewind --message-format json | python3 -c 'import json, sys
print([m["executable"] for m in map(json.loads, sys.stdin) if m.get("executable")][-1])')
fi
python3 "$here/measure.py" --tradewind "$tradewind" --databases "$databases" --rounds "${ROUNDS:-3}" \
    --seconds "${SECONDS_PER_RUN:-4}" --connections "${CONNECTIONS:-16}" --port "${PORT:-8821}" \
    --postgres "${TEST_DATABASE_URL:-postgres://postgres@127.0.0.1:5432/postgres}"
