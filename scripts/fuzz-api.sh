#!/usr/bin/env bash
# Asks the served API whatever its document allows and much that it does not, without signing in and
# as an administrator, and fails on a 5xx, on an answer that the document does not describe, and on
# a refusal or acceptance that it does not explain.
#
#   scripts/fuzz-api.sh [seconds a pass, 180 unless said] [cases an operation, 30 unless said]
#
# Not part of the tests: it fetches schemathesis from the Python package index into a folder that it
# deletes. FUZZ_VENV names an environment that has it already; XIUDAI names the binary.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-180}
cases=${2:-30}
port=${FUZZ_PORT:-8721}
base="http://127.0.0.1:$port"

work=$(mktemp -d)
server=""
end() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap end EXIT

binary=${XIUDAI:-}
if [ -z "$binary" ]; then
    cargo build --quiet --package xiudai
    binary="${CARGO_TARGET_DIR:-target}/debug/xiudai"
fi
binary=$(realpath "$binary")
venv=${FUZZ_VENV:-}
if [ -z "$venv" ]; then
    venv="$work/venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet 'schemathesis>=4,<5'
fi

cp -r data/xuhui "$work/xuhui"
cd "$work" # what is asked leaves traces where it is asked from
"$binary" --data data serve --listen "127.0.0.1:$port" --load xuhui \
    --requests-a-minute 100000000 >serve.out 2>serve.err &
server=$!
for _ in $(seq 120); do
    if curl -fs "$base/health/ready" >/dev/null; then break; fi
    sleep 0.5
done

# The first administrator, by the link that serving prints, and a token for the second pass.
field() { python3 -c "import json, sys; print(json.load(sys.stdin)['$1'])"; }
ask() { curl -fsS -c jar -b jar -H 'content-type: application/json' "$@"; }
link=$(sed -n 's/.*token=//p' serve.out)
csrf=$(ask "$base/api/v1/session" | field csrf)
first="{\"token\": \"$link\", \"name\": \"fuzzer\", \"password\": \"correct horse battery 9\"}"
csrf=$(ask -H "x-csrf-token: $csrf" -d "$first" "$base/api/v1/session/first" | field csrf)
token=$(ask -H "x-csrf-token: $csrf" -d '{"name": "fuzz"}' "$base/api/v1/tokens" | field secret)

# What is malformed is 400 and must be told by the document; 409, 412 and 422 are about what is in
# the house, and a missing version is 428. A place in a list of search hits or sources is opaque,
# dates that are each sound may be in the wrong order, and names of form fields hold no control
# characters. `/entities/{id}` is also reached by steps that leave the id of a history out.
cat >schemathesis.toml <<'TOML'
[checks]
missing_required_header.expected-statuses = [400, 401, 403, 404, 422, 428]
positive_data_acceptance.expected-statuses = ["2xx", 401, 403, 404, 409, 412, 422, 428, 429]
negative_data_rejection.expected-statuses = ["4xx"]

[[operations]]
include-operation-id = ["search", "list_sources", "list_changes", "export", "import", "read_document", "get_entity", "get_history"]
checks.positive_data_acceptance.expected-statuses = ["2xx", 400, 401, 403, 404, 409, 422, 429]
TOML

pass() { # name, more options
    local name=$1
    shift
    echo "== $name"
    "$venv/bin/schemathesis" --config-file schemathesis.toml \
        run "$base/api/v1/openapi.json" --exclude-operation-id stream_feed --checks all \
        --max-examples "$cases" --max-time "$seconds" --workers 1 --continue-on-failure \
        --request-timeout 30 --max-response-time 20 --warnings off "$@"
}

failed=0
pass "without signing in" || failed=1
pass "as an administrator" --header "Authorization: Bearer $token" || failed=1

echo "== the journal after it"
"$binary" --data data verify || failed=1
grep -i "panic\|broke" serve.err && failed=1
exit "$failed"
