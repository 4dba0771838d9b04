#!/usr/bin/env python3
"""Stands in for a Kubernetes cluster, for the tests: as much of its API as kubectl asks for nodes, Jobs,
pods and their logs, with two nodes on which commands really run, as processes of this machine.

What a real cluster does beside that is not shown by it: images, device plugins, quotas, Kueue.

Usage: kubernetes-for-tests.py FOLDER [PORT]   (writes FOLDER/kubeconfig and FOLDER/pid, and serves)
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LOCK = threading.RLock()
NODES = {"k1": {"cpu": "4", "memory": "8Gi"},
         "k2": {"cpu": "8", "memory": "16Gi", "nvidia.com/gpu": "4"}}
READY = {name: True for name in NODES}
JOBS, PODS, PROCESSES = {}, {}, {}


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def node(name):
    return {"kind": "Node", "apiVersion": "v1",
            "metadata": {"name": name, "labels": {"nvidia.com/gpu.product": "A100"}},
            "spec": {},
            "status": {"allocatable": NODES[name],
                       "conditions": [{"type": "Ready", "status": str(READY[name])}]}}


def run(name):
    """Runs the container of a Job as a process, and writes down how its pod stands."""
    job = JOBS[name]
    spec = job["spec"]["template"]["spec"]
    container = spec["containers"][0]
    where = spec.get("nodeSelector", {}).get("kubernetes.io/hostname", "k1")
    log = FOLDER / f"{name}.log"
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    env.update({one["name"]: one["value"] for one in container["env"]})
    pod = {"kind": "Pod", "apiVersion": "v1",
           "metadata": {"name": f"{name}-pod", "namespace": job["metadata"]["namespace"],
                        "labels": {**job["metadata"]["labels"], "job-name": name}},
           "spec": {"nodeName": where, "containers": [{"name": "task"}]},
           "status": {"phase": "Running", "startTime": now()}}
    with LOCK:
        PODS[name] = pod
        with log.open("wb") as out:
            PROCESSES[name] = subprocess.Popen(container["command"], env=env, stdout=out, stderr=out,
                                               stdin=subprocess.DEVNULL, start_new_session=True)
    code = PROCESSES[name].wait()
    with LOCK:
        if pod["status"]["phase"] != "Running":
            return
        pod["status"]["phase"] = "Succeeded" if code == 0 else "Failed"
        pod["status"]["containerStatuses"] = [
            {"name": "task", "state": {"terminated": {"exitCode": code, "finishedAt": now()}}}]


def end(name):
    process = PROCESSES.get(name)
    if process and process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def evict(name):
    """Takes what runs on a node off it, as a drain does."""
    for job, pod in PODS.items():
        if pod["spec"]["nodeName"] == name and pod["status"]["phase"] == "Running":
            pod["status"].update(phase="Failed", reason="Evicted")
            end(job)


def listed(kind, items):
    return {"kind": f"{kind}List", "apiVersion": "v1", "metadata": {}, "items": items}


RESOURCES = {
    "/api/v1": [("nodes", "Node", False), ("pods", "Pod", True), ("pods/log", "Pod", True)],
    "/apis/batch/v1": [("jobs", "Job", True)],
}


class Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def say(self, status, body):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        kind = "text/plain" if isinstance(body, bytes) else "application/json"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def fail(self, status, reason):
        self.say(status, {"kind": "Status", "apiVersion": "v1", "status": "Failure",
                          "reason": reason, "message": reason, "code": status})

    def body(self):
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")

    def parts(self):
        return [part for part in urllib.parse.urlparse(self.path).path.split("/") if part]

    def do_GET(self):
        path = urllib.parse.urlparse(self.path).path
        if path in RESOURCES:
            return self.say(200, {"kind": "APIResourceList", "apiVersion": "v1",
                                  "groupVersion": "v1" if path == "/api/v1" else "batch/v1",
                                  "resources": [
                                      {"name": name, "singularName": "", "kind": kind,
                                       "namespaced": namespaced, "verbs": ["get", "list", "create", "delete"]}
                                      for name, kind, namespaced in RESOURCES[path]]})
        if path == "/api":
            return self.say(200, {"kind": "APIVersions", "versions": ["v1"]})
        if path == "/apis":
            version = {"groupVersion": "batch/v1", "version": "v1"}
            return self.say(200, {"kind": "APIGroupList", "apiVersion": "v1", "groups": [
                {"name": "batch", "versions": [version], "preferredVersion": version}]})
        if path == "/version":
            return self.say(200, {"major": "1", "minor": "32", "gitVersion": "v1.32.0"})
        with LOCK:
            match self.parts():
                case ["api", "v1", "nodes"]:
                    return self.say(200, listed("Node", [node(name) for name in NODES]))
                case ["api", "v1", "namespaces", _, "pods"]:
                    return self.say(200, listed("Pod", self.chosen(PODS)))
                case ["apis", "batch", "v1", "namespaces", _, "jobs"]:
                    return self.say(200, listed("Job", self.chosen(JOBS)))
                case ["apis", "batch", "v1", "namespaces", _, "jobs", name] if name in JOBS:
                    return self.say(200, JOBS[name])
                case ["api", "v1", "namespaces", _, "pods", name]:
                    found = [pod for pod in PODS.values() if pod["metadata"]["name"] == name]
                    return self.say(200, found[0]) if found else self.fail(404, "NotFound")
                case ["api", "v1", "namespaces", _, "pods", name, "log"]:
                    return self.say(200, (FOLDER / f"{name.removesuffix('-pod')}.log").read_bytes())
        return self.fail(404, "NotFound")

    def chosen(self, all_of):
        """Those with the labels that are asked for; of a value that is not one word, `in` is not read."""
        query = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
        wanted = [one.split("=", 1) for one in query.get("labelSelector", [""])[0].split(",") if "=" in one]

        def labels(one):
            found = dict(one["metadata"]["labels"])
            found.setdefault("batch.kubernetes.io/job-name", found.get("job-name"))
            found.setdefault("batch.kubernetes.io/controller-uid", one["metadata"].get("uid"))
            return found
        return [one for one in all_of.values()
                if all(labels(one).get(key) == value for key, value in wanted)]

    def do_POST(self):
        match self.parts():
            case ["apis", "batch", "v1", "namespaces", _, "jobs"]:
                job = self.body()
                name = job["metadata"]["name"]
                with LOCK:
                    if name in JOBS:
                        return self.fail(409, "AlreadyExists")
                    selector = {"matchLabels": {"job-name": name}}
                    job["metadata"]["uid"] = name
                    job["spec"]["selector"] = selector
                    job["status"] = {}
                    JOBS[name] = job
                threading.Thread(target=run, args=(name,), daemon=True).start()
                return self.say(201, job)
            case ["test", "drain", name]:
                with LOCK:
                    READY[name] = False
                    evict(name)
                return self.say(200, {})
            case ["test", "back", name]:
                READY[name] = True
                return self.say(200, {})
        return self.fail(404, "NotFound")

    def do_DELETE(self):
        self.body()
        match self.parts():
            case ["apis", "batch", "v1", "namespaces", _, "jobs", name]:
                with LOCK:
                    job = JOBS.pop(name, None)
                    PODS.pop(name, None)
                    end(name)
                return self.say(200, job) if job else self.fail(404, "NotFound")
        return self.fail(404, "NotFound")


FOLDER = Path(sys.argv[1])


def main():
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", port), Api)
    url = f"http://127.0.0.1:{server.server_port}"
    (FOLDER / "pid").write_text(str(os.getpid()))
    (FOLDER / "url").write_text(url)
    (FOLDER / "kubeconfig").write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "tests",
        "clusters": [{"name": "tests", "cluster": {"server": url}}],
        "users": [{"name": "tests", "user": {}}],
        "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": "tests"}}]}))
    server.serve_forever()


if __name__ == "__main__":
    main()
