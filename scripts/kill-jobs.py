#!/usr/bin/env python3
"""Kills a server at random moments while jobs are submitted, run and stopped on its machine.

Every job that was answered must be there after a restart, and run once for each of its attempts; at
the end every voucher adds up, the statement agrees with what the vouchers paid, and the store
verifies.

Usage: kill-jobs.py BINARY [KILLS]
"""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

from killable import run

YUAN = 1_000_000
OPEN = ("blocked", "waiting", "running")


def jobs(server):
    """Every job by its name."""
    found, after = {}, ""
    while True:
        status, page, _ = server.insist("GET", f"/compute/jobs?limit=200{after}")
        assert status == 200, page
        for job in page["items"]:
            assert job["name"] not in found, f"{job['name']} was taken twice"
            found[job["name"]] = job
        if not page.get("next"):
            return found
        after = f"&after={page['next']}"


def furnish(server):
    status, session, _ = server.insist("GET", "/session")
    assert status == 200, session
    until = "2099-12-31"
    for _ in range(100):
        status, said, _ = server.insist("GET", "/compute/cluster")
        if status == 200 and said["kinds"]:
            break
        time.sleep(0.1)
    price = {"kind": "core", "micro_yuan": 360 * YUAN, "until": until}
    status, said, _ = server.insist("POST", "/compute/prices", price)
    assert status == 201, said
    voucher = {"holder": session["account"]["id"], "amount": 100_000 * YUAN, "until": until}
    status, said, _ = server.insist("POST", "/compute/vouchers", voucher)
    assert status == 201, said


def submit(server, name, chance):
    """Submits a job; after a lost answer it is submitted again under its key."""
    script = f"echo {name}; sleep {chance.choice([0, 0.05, 0.2])}"
    body = {"name": name, "command": ["sh", "-c", script], "limit_ms": 60_000,
            "share": chance.choice([250, 500, 1000]), "cpu": 100, "memory": 256, "key": name}
    status, said, _ = server.insist("POST", "/compute/jobs", body)
    assert status == 201, said


def act(server, chance, kills):
    folder = Path(server.data) / "jobs"
    furnish(server)
    sent = []
    for at in range(kills):
        timer = threading.Timer(chance.random() * 0.3, server.kill)
        timer.start()
        for turn in range(5):
            name = f"job {at}.{turn}"
            sent.append(name)
            submit(server, name, chance)
            if chance.random() < 0.1:
                job = jobs(server)[name]["id"]
                status, said, _ = server.insist("POST", f"/compute/jobs/{job}/cancel", {})
                assert status == 200, said
        if chance.random() < 0.5:
            kill_supervisor(chance, folder)
        timer.join()
        if server.process.poll() is not None:
            server.start()
    known = settle(server)
    assert sorted(known) == sorted(sent), "not the jobs that were submitted"
    again = check(server, known, folder)
    return (f"{kills} kills while {len(sent)} jobs ran, {again} started again: none lost or run "
            "twice, every voucher adds up")


def kill_supervisor(chance, folder):
    """Kills one of those who look after a task, if there is any."""
    found = subprocess.run(
        ["pgrep", "-f", f"compute supervise {folder}"], capture_output=True, text=True
    ).stdout.split()
    if found:
        try:
            os.kill(int(chance.choice(found)), signal.SIGKILL)
        except ProcessLookupError:
            pass


def settle(server):
    """Waits until every job ended."""
    for _ in range(1200):
        known = jobs(server)
        if not any(job["state"] in OPEN for job in known.values()):
            return known
        time.sleep(0.1)
    raise AssertionError("jobs never ended")


def check(server, known, folder):
    again = 0
    for name, job in known.items():
        assert job["state"] in ("done", "cancelled"), (name, job["state"])
        again += job["attempt"] > 0
        if job["state"] == "done":
            out = folder / f"{job['id'][1:]}-{job['attempt']}-0" / "out"
            assert out.read_text() == f"{name}\n", f"{name} ran twice, or not whole"
    status, sums, _ = server.insist("GET", "/compute/vouchers")
    assert status == 200 and sums["balance"] and sums["held"] == 0, sums
    status, bill, _ = server.insist("GET", "/compute/invoice")
    assert status == 200 and bill["agrees"], bill
    # What was captured for an attempt that was lost is on the bill too, and made good by a voucher.
    assert bill["micro_yuan"] == sums["captured"], (bill["micro_yuan"], sums["captured"])
    return again


if __name__ == "__main__":
    run(act)
