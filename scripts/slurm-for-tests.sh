#!/usr/bin/env bash
# A private Slurm for the tests: a controller and two nodes on this machine. Prints the path of its
# slurm.conf, which is what SLURM_CONF and TEST_SLURM should be.
#
#   export TEST_SLURM="$(scripts/slurm-for-tests.sh)"
#   cargo test
#   scripts/slurm-for-tests.sh stop
#
# Asks nothing. Runs as root only, as slurmd does; prints nothing and ends well where that is not so,
# and the tests that need it say that they are left out. Options: XIUDAI_TEST_SLURM_DIR,
# XIUDAI_TEST_SLURM_PORT (and the five after it).
set -euo pipefail

folder="${XIUDAI_TEST_SLURM_DIR:-${TMPDIR:-/tmp}/xiudai-slurm-$(id -u)}"
port="${XIUDAI_TEST_SLURM_PORT:-54340}"
export SLURM_CONF="$folder/slurm.conf"

say() { printf '%s\n' "$*" >&2; }

install_slurm() {
    if command -v apt-get >/dev/null; then
        say "Installing Slurm with apt-get."
        DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            slurmctld slurmd slurm-client >&2
    fi
}

write_conf() {
    local cores memory host
    cores="$(nproc)"
    host="$(hostname -s)"
    memory="$(awk '/MemTotal/ { print int($2 / 4096) }' /proc/meminfo)"
    cat >"$folder/slurm.conf" <<CONF
ClusterName=tests
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
AuthType=auth/none
CredType=cred/none
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool-%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=defer_batch,sched_min_interval=100000,batch_sched_delay=0
ReturnToService=1
SlurmdParameters=config_overrides
MailProg=/bin/true
MpiDefault=none
KillWait=5
MinJobAge=300
GresTypes=gpu
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=$cores RealMemory=$memory
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=$cores RealMemory=$memory Gres=gpu:a100:4
PartitionName=xiudai Nodes=n1,n2 Default=YES State=UP MaxTime=INFINITE OverSubscribe=FORCE:64
CONF
    # Four files stand in for devices.
    touch "$folder"/gpu{0..3}
    cat >"$folder/gres.conf" <<CONF
NodeName=n2 Name=gpu Type=a100 File=$folder/gpu[0-3]
CONF
}

start() {
    if [ "$(id -u)" -ne 0 ]; then
        say "Slurm runs as root only: its tests are left out."
        return
    fi
    if ! command -v slurmctld >/dev/null || ! command -v slurmd >/dev/null; then
        install_slurm
    fi
    if ! command -v slurmctld >/dev/null; then
        say "Slurm is not installed and cannot be: its tests are left out."
        return
    fi
    if [ -f "$SLURM_CONF" ] && scontrol ping >/dev/null 2>&1; then
        printf '%s\n' "$folder/slurm.conf"
        return
    fi
    mkdir -p "$folder/state" "$folder/spool-n1" "$folder/spool-n2"
    write_conf
    slurmctld -c >/dev/null 2>&1 || { cat "$folder/slurmctld.log" >&2; exit 1; }
    # A node that finds no controller tries again only much later.
    for _ in $(seq 100); do
        scontrol ping >/dev/null 2>&1 && break
        sleep 0.1
    done
    slurmd -N n1 >/dev/null 2>&1 && slurmd -N n2 >/dev/null 2>&1 \
        || { cat "$folder"/slurmd-*.log >&2; exit 1; }
    for _ in $(seq 100); do
        if [ "$(sinfo -h -o '%T' | sort -u)" = idle ]; then
            printf '%s\n' "$folder/slurm.conf"
            return
        fi
        sleep 0.2
    done
    tail -n 20 "$folder/slurmctld.log" "$folder"/slurmd-*.log >&2
    exit 1
}

stop() {
    local pid
    for pid in "$folder"/*.pid; do
        [ -f "$pid" ] && kill "$(cat "$pid")" 2>/dev/null || true
    done
    for _ in $(seq 50); do
        compgen -G "$folder/*.pid" >/dev/null || break
        sleep 0.1
    done
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
