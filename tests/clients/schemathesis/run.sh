#!/usr/bin/env bash
# Throws documents made from the schema at a server, for a bounded time:
#
#     schemathesis/run.sh http://127.0.0.1:8000
#
# ST names the program `st` of the PyPI package schemathesis (default: st). The server has the demo data, and is changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

url=${1:?usage: run.sh BASE_URL}
token=$(node ../token.mjs "$url")
# They end the session that the run is in.
ends_session=(--exclude-name Mutation.sessionEnd --exclude-name Mutation.sessionEndAll)
export TRADEWIND_URL=$url SCHEMATHESIS_HOOKS=hooks
export PYTHONPATH=$PWD

# throw SECONDS ARGUMENTS…
throw() {
    local seconds=$1
    shift
    "${ST:-st}" run "$url/graphql" --checks answers_as_promised --phases fuzzing --mode positive --max-examples 8 --max-time "$seconds" --workers 2 \
        --continue-on-failure --no-color --warnings off --generation-database none "$@"
}

echo "As nobody:"
throw 25
echo "As the demo's seller:"
throw 35 --header "Authorization: Bearer $token" "${ends_session[@]}"
