#!/usr/bin/env bash
# A private PostgreSQL for the tests: starts it and prints what TEST_POSTGRES should be.
#
#   export TEST_POSTGRES="$(scripts/postgres-for-tests.sh)"
#   cargo test
#   scripts/postgres-for-tests.sh stop
#
# Asks nothing. Its data live in a folder of their own under ${TMPDIR:-/tmp}; `stop` deletes them.
# It listens on a socket in that folder only. Options: XIUDAI_TEST_PG_DIR, XIUDAI_TEST_PG_PORT,
# XIUDAI_TEST_PG_OPTIONS (settings of the server: "-c shared_buffers=512MB").
set -euo pipefail

folder="${XIUDAI_TEST_PG_DIR:-${TMPDIR:-/tmp}/xiudai-postgres-$(id -u)}"
port="${XIUDAI_TEST_PG_PORT:-54329}"

say() { printf '%s\n' "$*" >&2; }

# Programs of the newest installed version, or nothing.
find_programs() {
    local found
    found="$(command -v initdb || true)"
    if [ -n "$found" ]; then
        dirname "$(readlink -f "$found")"
        return
    fi
    for found in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin \
        /usr/local/opt/postgresql@*/bin; do
        [ -x "$found/initdb" ] && printf '%s\n' "$found"
    done | sort -V | tail -n 1
}

install_postgres() {
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        say "Installing PostgreSQL with apt-get."
        DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            postgresql >&2
    else
        say "PostgreSQL is not installed. Install it and run this again:"
        say "  Debian, Ubuntu:  sudo apt-get install --no-install-recommends postgresql"
        say "  Fedora, RHEL:    sudo dnf install postgresql-server"
        say "  macOS:           brew install postgresql@17"
        exit 1
    fi
}

# PostgreSQL refuses to run as root; root borrows the account `postgres` or `nobody`.
owner() {
    if [ "$(id -u)" -ne 0 ]; then
        id -un
    elif id postgres >/dev/null 2>&1; then
        echo postgres
    else
        echo nobody
    fi
}

as_owner() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd / && setpriv --reuid="$(owner)" --regid="$(id -g "$(owner)")" --clear-groups "$@")
    else
        "$@"
    fi
}

start() {
    programs="$(find_programs)"
    if [ -z "$programs" ]; then
        install_postgres
        programs="$(find_programs)"
    fi
    if [ ! -f "$folder/data/PG_VERSION" ]; then
        rm -rf "$folder"
        mkdir -p "$folder"
        chmod 711 "$folder"
        if [ "$(id -u)" -eq 0 ]; then
            chown "$(owner)" "$folder"
        fi
        as_owner "$programs/initdb" -D "$folder/data" -U xiudai --auth=trust --encoding=UTF8 \
            --locale=C >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
    fi
    if ! as_owner "$programs/pg_ctl" -D "$folder/data" status >/dev/null 2>&1; then
        as_owner "$programs/pg_ctl" -D "$folder/data" -l "$folder/data/log" -w -t 60 start \
            -o "-k $folder -p $port -c listen_addresses= -c max_connections=200 ${XIUDAI_TEST_PG_OPTIONS:-}" \
            >/dev/null \
            || { cat "$folder/data/log" >&2; exit 1; }
    fi
    printf 'host=%s port=%s user=xiudai dbname=postgres\n' "$folder" "$port"
}

stop() {
    programs="$(find_programs)"
    if [ -n "$programs" ] && [ -f "$folder/data/postmaster.pid" ]; then
        as_owner "$programs/pg_ctl" -D "$folder/data" -m fast -w stop >/dev/null
    fi
    rm -rf "$folder"
}

case "${1:-start}" in
    start) start ;;
    stop) stop ;;
    *)
        say "usage: $0 [start|stop]"
        exit 2
        ;;
esac
