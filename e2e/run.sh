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

# Starts a house and says where it is.
start() {
  local folder=$1 port=$2
  shift 2
  mkdir -p "$folder"
  "$binary" --data "$folder" serve --listen "127.0.0.1:$port" --requests-a-minute 1000000 "$@" \
    >"$folder/out" 2>&1 &
  server=$!
  for _ in $(seq 200); do
    grep -q '^serving' "$folder/out" && break
    kill -0 "$server" 2>/dev/null || { cat "$folder/out"; exit 1; }
    sleep 0.1
  done
  XIUDAI_URL="http://127.0.0.1:$port"
  XIUDAI_SETUP=$(grep -o '/setup?token=[0-9a-f]*' "$folder/out")
  export XIUDAI_URL XIUDAI_SETUP
}

start "$data/district" 8711 --load "$root/data/xuhui"
npm test --silent
kill "$server"
wait "$server" || true

# On a real Slurm cluster, where the tests have one.
if [ -n "${TEST_SLURM:-}" ]; then
  export SLURM_CONF="$TEST_SLURM"
  start "$data/slurm" 8712 --no-jobs --slurm
  node --test --test-reporter=spec slurm/*.test.mjs
fi
