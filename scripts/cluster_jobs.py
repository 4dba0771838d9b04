"""What the runs on other clusters share: jobs that are submitted, watched, and added up in the end."""

import importlib
import time

ours = importlib.import_module("kill-jobs")
YUAN = 1_000_000


def cluster(server, want):
    """Waits until the cluster is as wanted, and gives it back."""
    for _ in range(300):
        status, said, _ = server.insist("GET", "/compute/cluster")
        if status == 200 and want(said):
            return said
        time.sleep(0.1)
    raise AssertionError(f"the cluster never was so: {said}")


def lost(said):
    """Nodes that are lost, by the names their cluster calls them."""
    return sorted(node["name"].split("/")[1] for node in said["nodes"] if node["lost"])


def furnish(server, prices):
    """Waits for two nodes with these kinds of device, prices them, and issues a voucher."""
    status, session, _ = server.insist("GET", "/session")
    assert status == 200, session
    said = cluster(server, lambda said: len(said["nodes"]) == 2)
    kinds = sorted(kind["name"] for kind in said["kinds"])
    assert kinds == sorted(prices), said["kinds"]
    for kind, price in prices.items():
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


def ended(server, name, state="done"):
    """Waits until a job ended so, and gives it back."""
    until(lambda: job(server, name)["job"]["state"] == state, f"{name} {state}")
    return job(server, name)


def out(server, name):
    status, said, _ = server.insist("GET", f"/compute/jobs/{name}/log")
    assert status == 200, said
    return said["text"]


def added_up(server, names):
    """Waits until nothing is open; every job of the run ended well, and every fen is where it belongs."""
    known = ours.settle(server)
    runs = [one for name, one in known.items() if name.startswith("run ")]
    assert len(runs) == len(names) and all(one["state"] == "done" for one in runs), runs
    assert not any(one["state"] in ours.OPEN for one in known.values())
    for one in runs:
        assert out(server, one["id"]) == f"{one['name']}\n", (one, out(server, one["id"]))
    status, sums, _ = server.insist("GET", "/compute/vouchers")
    assert status == 200 and sums["balance"] and sums["held"] == 0, sums
    status, bill, _ = server.insist("GET", "/compute/invoice")
    assert bill["agrees"] and bill["micro_yuan"] == sums["captured"], (bill, sums)
    return len(known)
