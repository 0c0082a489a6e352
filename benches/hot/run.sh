#!/usr/bin/env bash
# Whether rows for units that nobody else holds (SKIP LOCKED) sell one variant faster than one total does, on PostgreSQL, with as many
# clients as buy at once; with nothing else in the transaction after it, and with a checkout's rest. The scripts that end in _told count the
# product's event too, as the room does: by one row again. Docs/inventory.md says what came of it.
#
# Needs psql and pgbench, and a PostgreSQL server that may create databases.
#
# Settings, as environment variables:
#   CLIENTS 64, SECONDS_PER_RUN 5, ROUNDS 3, RESTS "0 5000" (microseconds that the transaction goes on for)
#   TEST_DATABASE_URL  postgres://postgres@127.0.0.1:5432/postgres
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
server=${TEST_DATABASE_URL:-postgres://postgres@127.0.0.1:5432/postgres}
url=${server%/*}/tradewind_hot
export PGOPTIONS="-c client_min_messages=warning"
trap 'psql -qX "$server" -c "DROP DATABASE IF EXISTS tradewind_hot WITH (FORCE)"' EXIT
for rest in ${RESTS:-0 5000}; do
    for round in $(seq "${ROUNDS:-3}"); do
        for way in total units total_told units_told; do
            psql -qX "$server" -c "DROP DATABASE IF EXISTS tradewind_hot WITH (FORCE)" -c "CREATE DATABASE tradewind_hot"
            psql -qX -v ON_ERROR_STOP=1 "$url" -f "$here/tables.sql"
            rate=$(pgbench -n -M prepared -c "${CLIENTS:-64}" -j 2 -T "${SECONDS_PER_RUN:-5}" -D rest="$rest" -f "$here/$way.sql" "$url" 2> /dev/null | sed -n 's/^tps = \([0-9]*\).*/\1/p')
            echo "rest ${rest} us, round $round, $way: $rate a second"
        done
    done
done
