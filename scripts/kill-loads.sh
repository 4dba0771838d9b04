#!/usr/bin/env bash
# Kills a load at random moments, then checks that nothing was lost or doubled: every kill leaves a
# store that verifies, and the rerun completes to the same statements as an undisturbed load.
set -euo pipefail
cd "$(dirname "$0")/.."
kills=${1:-50}
binary="${CARGO_TARGET_DIR:-target}/release/xiudai"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

count() { # statements and entities of a store, as its own scan of the same files reports them
  "$binary" --data "$1" scan --json data/xuhui | python3 -c '
import json, sys
lines = [json.loads(line) for line in sys.stdin]
print(sum(l["statements"] for l in lines), sum(l["new"] + l["changed"] + l["gone"] for l in lines))'
}

start=$(date +%s%N)
"$binary" --data "$work/whole" scan data/xuhui >/dev/null
took_ms=$((($(date +%s%N) - start) / 1000000))
expected=$(count "$work/whole")

RANDOM=${SEED:-7}
sound=0
for kill in $(seq "$kills"); do
  data="$work/run"
  # Every fifth store begins empty; the others go on from where the last kill left them.
  if [ $((kill % 5)) = 1 ]; then rm -rf "$data"; fi
  "$binary" --data "$data" scan data/xuhui >/dev/null 2>&1 &
  pid=$!
  sleep "$(python3 -c "print($RANDOM % max($took_ms, 50) / 1000)")"
  kill -9 "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  "$binary" --data "$data" verify >/dev/null || { echo "kill $kill: the store does not verify"; exit 1; }
  if [ $((kill % 5)) = 0 ]; then
    "$binary" --data "$data" scan data/xuhui >/dev/null
    found=$(count "$data")
    [ "$found" = "$expected" ] || { echo "kill $kill: $found instead of $expected"; exit 1; }
    "$binary" --data "$data" verify >/dev/null
  fi
  sound=$((sound + 1))
done
echo "$sound kills in loads of ${took_ms} ms: every store verified, every rerun completed to ${expected% *} statements"
