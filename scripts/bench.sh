#!/usr/bin/env bash
# Speed and memory on a million statements; prints the table of docs/performance.md.
set -euo pipefail
cd "$(dirname "$0")/.."
# What a server that holds a city's cases is given; the defaults are for a guest on a small machine.
export XIUDAI_TEST_PG_OPTIONS="-c shared_buffers=1GB -c max_wal_size=4GB"
TEST_POSTGRES="$(scripts/postgres-for-tests.sh)"
export TEST_POSTGRES
trap 'scripts/postgres-for-tests.sh stop >/dev/null 2>&1 || true' EXIT
cargo build --release --quiet --package xiudai --package bench
# Peers: each is measured where it can be had, and the table says so where it cannot.
python3 -c 'import openfisca_core' 2>/dev/null \
    || python3 -m pip install --quiet --user --break-system-packages openfisca-core 2>/dev/null || true
if cargo build --release --quiet --manifest-path bench/peers/zen/Cargo.toml \
    --target-dir "${CARGO_TARGET_DIR:-target}/zen"; then
    export ZEN_PEER="${CARGO_TARGET_DIR:-target}/zen/release/zen-peer"
fi
"${CARGO_TARGET_DIR:-target}/release/bench" "${CARGO_TARGET_DIR:-target}/release/xiudai" "$@"
