#!/usr/bin/env python3
"""Runs jobs on a real Slurm cluster while the server, supervisors, Slurm's own jobs and a node are
lost on the way.

Every job must end once, priced by the devices of its node; what was lost starts again with what it
had paid made good; at the end every voucher adds up, the statement agrees and the store verifies.

Usage: run-on-slurm.py BINARY [JOBS]   (SLURM_CONF says which cluster)
"""

import importlib
import os
import signal
import subprocess
import time
from pathlib import Path

from killable import run

ours = importlib.import_module("kill-jobs")
YUAN = 1_000_000


def slurm(*words):
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return done.stdout


def cluster(server, want):
    """Waits until the cluster is as wanted, and gives it back."""
    for _ in range(300):
        status, said, _ = server.insist("GET", "/compute/cluster")
        if status == 200 and want(said):
            return said
        time.sleep(0.1)
    raise AssertionError(f"the cluster never was so: {said}")


def lost(said):
    return sorted(node["name"].split("/")[1] for node in said["nodes"] if node["lost"])


def furnish(server):
    # A run that broke off may have left a node out.
    for node in slurm("sinfo", "-h", "-N", "-o", "%N", "-t", "down").split():
        slurm("scontrol", "update", f"nodename={node}", "state=resume")
    status, session, _ = server.insist("GET", "/session")
    assert status == 200, session
    said = cluster(server, lambda said: len(said["nodes"]) == 2)
    kinds = sorted(kind["name"] for kind in said["kinds"])
    assert kinds == ["a100", "slurm-core"], said["kinds"]
    for kind, price in (("a100", 36_000), ("slurm-core", 3_600)):
        body = {"kind": kind, "micro_yuan": price * YUAN, "until": "2099-12-31"}
        status, said, _ = server.insist("POST", "/compute/prices", body)
        assert status == 201, said
    body = {"holder": session["account"]["id"], "amount": 10_000_000 * YUAN, "until": "2099-12-31"}
    status, said, _ = server.insist("POST", "/compute/vouchers", body)
    assert status == 201, said


def submit(server, name, script, **more):
    body = {"name": name, "command": ["sh", "-c", script], "limit_ms": 120_000, "key": name,
            "cpu": 100, "memory": 256, **more}
    status, said, _ = server.insist("POST", "/compute/jobs", body)
    assert status == 201, said
    return said["job"]["id"]


def job(server, name):
    status, said, _ = server.insist("GET", f"/compute/jobs/{name}")
    assert status == 200, said
    return said


def until(ask, what):
    for _ in range(600):
        found = ask()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what} never came")


def out(server, name):
    status, said, _ = server.insist("GET", f"/compute/jobs/{name}/log")
    assert status == 200, said
    return said["text"]


def act(server, chance, count):
    furnish(server)
    folder = Path(server.data) / "jobs" / "elsewhere"
    open_states = ours.OPEN

    # Devices are those of the node that Slurm ran it on, and their price is paid.
    two = submit(server, "two devices", "echo $XIUDAI_DEVICES; sleep 2", kinds=["a100"], devices=2)
    until(lambda: out(server, two) == "0,1\n", "its devices")
    places = job(server, two)["places"]
    assert places[0]["node"].startswith("slurm/n2/") and places[0]["devices"] == [0, 1], places
    until(lambda: job(server, two)["job"]["state"] == "done", "its end")
    assert job(server, two)["job"]["cost"] >= 2 * 2 * 10 * YUAN, job(server, two)

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
        until(lambda: job(server, long)["job"]["state"] == "done", "its second end")
        assert job(server, long)["job"]["attempt"] == 1, job(server, long)["job"]
        assert out(server, long) == "began\nwhole\n", out(server, long)

    # A node is taken out while a job runs there: it starts again on the other.
    moved = submit(server, "moved", "echo began; sleep 4; echo whole", devices=0, share=0)
    until(lambda: "began" in out(server, moved), "its beginning")
    node = job(server, moved)["places"][0]["node"].split("/")[1]
    slurm("scontrol", "update", f"nodename={node}", "state=down", "reason=test")
    cluster(server, lambda said: lost(said) == [node])
    until(lambda: job(server, moved)["job"]["state"] == "done", "its end elsewhere")
    assert job(server, moved)["job"]["attempt"] >= 1, job(server, moved)
    slurm("scontrol", "update", f"nodename={node}", "state=resume")
    cluster(server, lambda said: lost(said) == [])

    known = ours.settle(server)
    for name, one in known.items():
        if name.startswith("run "):
            assert one["state"] == "done", one
            text = (folder / f"{one['id'][1:]}-{one['attempt']}-0" / "out").read_text()
            assert text == f"{name}\n", (name, text)
    assert len(names) == sum(name.startswith("run ") for name in known)
    assert not any(one["state"] in open_states for one in known.values())
    status, sums, _ = server.insist("GET", "/compute/vouchers")
    assert status == 200 and sums["balance"] and sums["held"] == 0, sums
    status, bill, _ = server.insist("GET", "/compute/invoice")
    assert bill["agrees"] and bill["micro_yuan"] == sums["captured"], (bill, sums)
    return (f"{len(known)} jobs on Slurm through a killed server, a job and a supervisor taken away "
            "and a node lost: none lost or run beside itself, every voucher adds up")


if __name__ == "__main__":
    run(act, ["--no-jobs", "--slurm"])
