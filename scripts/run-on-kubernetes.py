#!/usr/bin/env python3
"""Runs jobs through kubectl on what stands in for a Kubernetes cluster, while the server is killed and
a pod and a node are lost on the way.

Every job must end once, priced by the devices of its node; what was lost starts again with what it
had paid made good; at the end every voucher adds up, the statement agrees and the store verifies.

Usage: run-on-kubernetes.py BINARY [JOBS]
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from cluster_jobs import YUAN, added_up, cluster, ended, furnish, job, lost, out, submit, until
from killable import run


def kubectl(*words):
    done = subprocess.run(["kubectl", "-n", "district", *words], capture_output=True, text=True, check=True)
    return done.stdout


def tell(what):
    urllib.request.urlopen(urllib.request.Request(f"{URL}/test/{what}", method="POST"), b"{}").read()


def act(server, chance, count):
    furnish(server, {"A100": 36_000, "kubernetes-core": 3_600})

    # Devices are those of the node that it ran on, and their price is paid.
    two = submit(server, "two devices", "echo $XIUDAI_DEVICES; sleep 2", kinds=["A100"], devices=2)
    until(lambda: f"xiudai-{two[1:]}-0-0" in kubectl("get", "jobs", "-o", "name"), "its Job")
    made = kubectl("get", "job", f"xiudai-{two[1:]}-0-0", "-o", "jsonpath={..limits}")
    assert '"nvidia.com/gpu":"2"' in made.replace(" ", ""), made
    whole = ended(server, two)
    assert whole["places"][0]["node"].startswith("kubernetes/k2/"), whole["places"]
    assert out(server, two) == "0,1\n", out(server, two)
    # Ends are told by the second there.
    assert whole["job"]["cost"] >= 2 * 10 * YUAN, whole
    assert ended(server, submit(server, "bad", "echo no; exit 3"), "failed")["job"]["cost"] >= 0

    # The server is killed while jobs run on, and hears of their ends when it is back.
    names = [submit(server, f"run {at}", f"echo run {at}; sleep {chance.choice([0, 1, 3])}")
             for at in range(count)]
    time.sleep(1)
    server.kill()
    time.sleep(2)
    server.start()

    # A Job is deleted behind our back, and another is stopped by its owner.
    gone = submit(server, "deleted", "echo began; sleep 5; echo whole", kinds=["kubernetes-core"])
    until(lambda: "began" in out(server, gone), "its beginning")
    kubectl("delete", "job", f"xiudai-{gone[1:]}-0-0")
    assert ended(server, gone)["job"]["attempt"] == 1, job(server, gone)["job"]
    assert out(server, gone) == "began\nwhole\n", out(server, gone)
    long = submit(server, "stopped", "echo began; sleep 60", kinds=["kubernetes-core"])
    until(lambda: "began" in out(server, long), "its beginning")
    status, said, _ = server.insist("POST", f"/compute/jobs/{long}/cancel", {})
    assert status == 200, said
    until(lambda: f"xiudai-{long[1:]}-0-0" not in kubectl("get", "jobs", "-o", "name", "-l",
                                                          "xiudai/job"), "its stop")

    # A node is drained while a job runs there: it starts again on the other.
    moved = submit(server, "moved", "echo began; sleep 5; echo whole", devices=0, share=0)
    until(lambda: "began" in out(server, moved), "its beginning")
    node = job(server, moved)["places"][0]["node"].split("/")[1]
    tell(f"drain/{node}")
    cluster(server, lambda said: lost(said) == [node])
    assert ended(server, moved)["job"]["attempt"] >= 1, job(server, moved)
    tell(f"back/{node}")
    cluster(server, lambda said: lost(said) == [])

    # A house that is started without the cluster takes it out, and nothing of ours runs on there.
    last = submit(server, "left", "echo began; sleep 60", kinds=["kubernetes-core"])
    until(lambda: "began" in out(server, last), "its beginning")
    server.kill()
    options, server.options = server.options, ["--no-jobs"]
    server.start()
    until(lambda: kubectl("get", "pods", "-o", "jsonpath={..phase}").count("Running") == 0, "its end")
    assert len(lost(cluster(server, lambda said: len(lost(said)) == 2))) == 2
    server.kill()
    server.options = options
    server.start()
    cluster(server, lambda said: lost(said) == [])
    status, said, _ = server.insist("POST", f"/compute/jobs/{last}/cancel", {})
    assert status == 200, said

    known = added_up(server, names)
    return (f"{known} jobs through kubectl with a server killed, a Job deleted and a node drained: none "
            "lost or run beside itself, every voucher adds up")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        stand_in = subprocess.Popen([sys.executable, Path(__file__).with_name("kubernetes-for-tests.py"),
                                     folder])
        try:
            while not (Path(folder) / "kubeconfig").exists():
                time.sleep(0.05)
            URL = (Path(folder) / "url").read_text()
            os.environ["KUBECONFIG"] = f"{folder}/kubeconfig"
            run(act, ["--no-jobs", "--kubernetes", "district"])
        finally:
            stand_in.terminate()
            stand_in.wait()
