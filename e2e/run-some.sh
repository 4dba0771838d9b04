#!/usr/bin/env bash
# Journeys in real Chromium against the real binary with the real district.
set -euo pipefail
cd "$(dirname "$0")"
[ -d node_modules ] || npm ci --no-audit --no-fund --loglevel=error
root=$(cd .. && pwd)
binary="${CARGO_TARGET_DIR:-$root/target}/release/xiudai"
case "$binary" in /*) ;; *) binary="$root/$binary" ;; esac
data=$(mktemp -d)
server=
cleanup() { [ -n "$server" ] && kill "$server" 2>/dev/null; rm -rf "$data"; }
trap cleanup EXIT
"$binary" --data "$data" serve --listen 127.0.0.1:8711 --load "$root/data/xuhui" \
  --requests-a-minute 1000000 >"$data/out" 2>&1 &
server=$!
for _ in $(seq 200); do
  grep -q '^serving' "$data/out" && break
  kill -0 "$server" 2>/dev/null || { cat "$data/out"; exit 1; }
  sleep 0.1
done
export XIUDAI_URL=http://127.0.0.1:8711
XIUDAI_SETUP=$(grep -o '/setup?token=[0-9a-f]*' "$data/out")
export XIUDAI_SETUP
node --test --test-concurrency=2 --test-reporter=spec journeys/officer.test.mjs journeys/transfer.test.mjs
