#!/usr/bin/env python3
"""Runs jobs on a real Slurm cluster while the server, supervisors, Slurm's own jobs and a node are
lost on the way.

Every job must end once, priced by the devices of its node; what was lost starts again with what it
had paid made good; at the end every voucher adds up, the statement agrees and the store verifies.

Usage: run-on-slurm.py BINARY [JOBS]   (SLURM_CONF says which cluster)
"""

import os
import signal
import subprocess
import time

from cluster_jobs import YUAN, added_up, cluster, ended, furnish, job, lost, out, submit, until
from killable import run


def slurm(*words):
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return done.stdout


def act(server, chance, count):
    # A run that broke off may have left a node out.
    for node in slurm("sinfo", "-h", "-N", "-o", "%N", "-t", "down").split():
        slurm("scontrol", "update", f"nodename={node}", "state=resume")
    furnish(server, {"a100": 36_000, "slurm-core": 3_600})

    # Devices are those of the node that Slurm ran it on, and their price is paid.
    two = submit(server, "two devices", "echo $XIUDAI_DEVICES; sleep 2", kinds=["a100"], devices=2)
    until(lambda: out(server, two) == "0,1\n", "its devices")
    places = job(server, two)["places"]
    assert places[0]["node"].startswith("slurm/n2/") and places[0]["devices"] == [0, 1], places
    assert ended(server, two)["job"]["cost"] >= 2 * 2 * 10 * YUAN, job(server, two)

    # The server is killed while jobs run on, and hears of their ends when it is back.
    names = [submit(server, f"run {at}", f"echo run {at}; sleep {chance.choice([0, 1, 3])}")
             for at in range(count)]
    time.sleep(1)
    server.kill()
    time.sleep(2)
    server.start()

    # Slurm's own job is taken away, and a supervisor dies: both start again.
    for at, harm in enumerate(("scancel", "kill", "stop")):
        long = submit(server, f"harmed {at}", "echo began; sleep 4; echo whole", kinds=["slurm-core"])
        number = long[1:]
        until(lambda: "began" in out(server, long), "its beginning")
        if harm == "scancel":
            slurm("scancel", "--signal=KILL", f"--name=xiudai-{number}-0-0")
        elif harm == "kill":
            found = subprocess.run(["pgrep", "-f", f"supervise .*/{number}-0-0"],
                                   capture_output=True, text=True).stdout.split()
            for pid in found:
                os.kill(int(pid), signal.SIGKILL)
        else:
            status, said, _ = server.insist("POST", f"/compute/jobs/{long}/cancel", {})
            assert status == 200, said
            until(lambda: f"xiudai-{number}-0-0" not in slurm("squeue", "-h", "-o", "%j"), "its stop")
            continue
        assert ended(server, long)["job"]["attempt"] == 1, job(server, long)["job"]
        assert out(server, long) == "began\nwhole\n", out(server, long)

    # A node is taken out while a job runs there: it starts again on the other.
    moved = submit(server, "moved", "echo began; sleep 4; echo whole", devices=0, share=0)
    until(lambda: "began" in out(server, moved), "its beginning")
    node = job(server, moved)["places"][0]["node"].split("/")[1]
    slurm("scontrol", "update", f"nodename={node}", "state=down", "reason=test")
    cluster(server, lambda said: lost(said) == [node])
    assert ended(server, moved)["job"]["attempt"] >= 1, job(server, moved)
    slurm("scontrol", "update", f"nodename={node}", "state=resume")
    cluster(server, lambda said: lost(said) == [])

    known = added_up(server, names)
    return (f"{known} jobs on Slurm through a killed server, a job and a supervisor taken away "
            "and a node lost: none lost or run beside itself, every voucher adds up")


if __name__ == "__main__":
    run(act, ["--no-jobs", "--slurm"])
