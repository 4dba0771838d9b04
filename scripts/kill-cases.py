#!/usr/bin/env python3
"""Kills a server at random moments while a case of technology transfer is acted on over HTTP.

Every event that was answered must be there after a restart, and none twice: an event whose answer
was lost is sent again with the version it was meant for, and 409 then says that it was written. At
the end the case reads like one that nobody disturbed, and the store verifies.

Usage: kill-cases.py BINARY [KILLS]
"""

import json
import threading
from pathlib import Path

from killable import run

ROOT = Path(__file__).resolve().parent.parent
DEAL = json.loads((ROOT / "docs/transfer/scenario-1-sale.json").read_text())["events"]


def steps(server, case):
    status, page = server.ask("GET", f"/transfer/cases/{case}")
    assert status == 200, page
    proofs = [step["proofs"] for step in page["steps"]]
    assert any(proofs), "the steps show no proofs"
    return page["case"]["version"], page["case"]["stage"], json.dumps(proofs, sort_keys=True)


def play(server, chance, kills):
    """Acts out the deal; `kills` of its requests lose their server."""
    doomed = set(chance.sample(range(1, len(DEAL)), min(kills, len(DEAL) - 1)))
    status, opened = server.ask("POST", "/transfer/cases", {"event": DEAL[0]})
    assert status == 201, opened
    case, version = opened["id"], 1
    for at, event in enumerate(DEAL[1:], start=1):
        timer = None
        if at in doomed:
            timer = threading.Timer(chance.random() * 0.02, server.kill)
            timer.start()
        body = {"event": event, "version": version}
        status, said, lost = server.insist("POST", f"/transfer/cases/{case}/events", body)
        if timer:
            timer.join()
            if server.process.poll() is not None:
                server.start()
        if status == 409 and lost:
            status = 201
        assert status in (201, 422), (status, said)
        version += status == 201
        found = steps(server, case)[0]
        assert found == version, f"step {at}: the case stands at {found}, not at {version}"
    return case


def act(server, chance, kills):
    whole = steps(server, play(server, chance, 0))
    done = 0
    while done < kills:
        some = min(kills - done, 10)
        case = play(server, chance, some)
        done += some
        assert steps(server, case) == whole, "a disturbed case reads unlike an undisturbed one"
    return f"{done} kills between the steps of cases: no event lost or doubled"


if __name__ == "__main__":
    run(act)
