#!/usr/bin/env bash
# Everything that must hold: installs what the tests need, starts it, runs all, stops it.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

# Debian packages that a test needs; installed when we may, named when we may not.
need() {
  local command=$1 package=$2
  command -v "$command" >/dev/null 2>&1 && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "installing $package"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null
  else
    echo "the tests need $package; install it with: sudo apt-get install $package" >&2
    exit 1
  fi
}

need chromium chromium
if ! fc-list :lang=zh 2>/dev/null | grep -q .; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "installing a Chinese font"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq fonts-noto-cjk >/dev/null
  else
    echo "the tests need a Chinese font; install it with: sudo apt-get install fonts-noto-cjk" >&2
    exit 1
  fi
fi

say "starting PostgreSQL"
TEST_POSTGRES="$(scripts/postgres-for-tests.sh)"
export TEST_POSTGRES
cleanup() {
  scripts/postgres-for-tests.sh stop >/dev/null 2>&1 || true
  scripts/slurm-for-tests.sh stop >/dev/null 2>&1 || true
}
trap cleanup EXIT

say "starting Slurm"
TEST_SLURM="$(scripts/slurm-for-tests.sh)"
export TEST_SLURM

say "formatting"
cargo fmt --all --check

say "building the pages"
make --no-print-directory web
(cd web && npm run --silent check && npm run --silent test)

say "testing rules, commands and routes on SQLite and PostgreSQL"
cargo test --workspace --quiet

say "building the binary"
cargo build --release --package xiudai --quiet

say "killing loads at random moments"
scripts/kill-loads.sh "${KILLS:-50}"

say "killing a server between the steps of a case"
scripts/kill-cases.py "${CARGO_TARGET_DIR:-target}/release/xiudai" "${KILLS:-50}"

say "killing a server and supervisors while jobs run"
scripts/kill-jobs.py "${CARGO_TARGET_DIR:-target}/release/xiudai" "${KILLS:-50}"

say "running jobs on Slurm while servers, jobs and nodes are lost"
if [ -n "$TEST_SLURM" ]; then
  SLURM_CONF="$TEST_SLURM" scripts/run-on-slurm.py "${CARGO_TARGET_DIR:-target}/release/xiudai"
else
  echo "left out: there is no Slurm here"
fi

say "running jobs through kubectl while a server, a Job and a node are lost"
if ! command -v kubectl >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq kubernetes-client >/dev/null || true
fi
if command -v kubectl >/dev/null; then
  scripts/run-on-kubernetes.py "${CARGO_TARGET_DIR:-target}/release/xiudai"
else
  echo "left out: there is no kubectl here"
fi

say "journeys in Chromium"
e2e/run.sh
