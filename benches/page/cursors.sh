#!/usr/bin/env bash
# Walks the list of products once, page by page, and leaves in FOLDER what page.lua needs:
#   bodies.txt   one request body per line, each asking for another page
#   answer.json  the answer to the first of them
# Stops when any answer holds errors, so that nothing broken is ever measured.
#
# Usage: cursors.sh URL FOLDER [PAGES]
set -euo pipefail
[ $# -ge 2 ] || { sed -n 's/^# //p' "$0"; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
url=$1 folder=$2 pages=${3:-99}
mkdir -p "$folder"
: > "$folder/bodies.txt"

# The request body for the page after the cursor on standard input.
body() {
    python3 -c 'import json, sys
query = " ".join(open(sys.argv[1]).read().split())
print(json.dumps({"query": query, "variables": {"after": sys.stdin.read() or None}}))' "$here/page.graphql"
}

# The cursor after the answer in a file; fails when the answer holds errors or is the last one.
cursor() {
    python3 -c 'import json, sys
answer = json.load(open(sys.argv[1]))
if "errors" in answer:
    sys.exit("The answer holds errors: " + json.dumps(answer["errors"])[:2000])
page = answer["data"]["products"]
if len(page["nodes"]) != 20:
    sys.exit("A page has %d products instead of 20. Was the database filled with `seed --bench`?" % len(page["nodes"]))
print(page["pageInfo"]["endCursor"], end="")' "$1"
}

ask() {
    curl -sS --fail-with-body -H 'Content-Type: application/json' --data-binary @- -o "$1" "$url" \
        || { cat "$1" >&2; exit 1; }
}

after=""
for page in $(seq 0 "$pages"); do
    printf '%s' "$after" | body > "$folder/body.json"
    ask "$folder/page.json" < "$folder/body.json"
    after=$(cursor "$folder/page.json")
    # The first page, which needs no cursor, only leads to the others.
    [ "$page" -eq 0 ] && continue
    cat "$folder/body.json" >> "$folder/bodies.txt"
    [ "$page" -eq 1 ] && cp "$folder/page.json" "$folder/answer.json"
done
rm "$folder/body.json" "$folder/page.json"
echo "$pages pages, $(stat -c %s "$folder/answer.json") bytes in the first."
