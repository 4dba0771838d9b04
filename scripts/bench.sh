#!/usr/bin/env bash
# Speed and memory on a million statements; prints the table of docs/performance.md.
set -euo pipefail
cd "$(dirname "$0")/.."
TEST_POSTGRES="$(scripts/postgres-for-tests.sh)"
export TEST_POSTGRES
trap 'scripts/postgres-for-tests.sh stop >/dev/null 2>&1 || true' EXIT
cargo build --release --quiet --package xiudai --package bench
"${CARGO_TARGET_DIR:-target}/release/bench" "${CARGO_TARGET_DIR:-target}/release/xiudai"
