"""A server that is killed and started again, one visitor who is signed in, and a store that must
verify in the end."""

import http.client
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from http.cookies import SimpleCookie


class Server:
    """A server process and one signed-in visitor."""

    def __init__(self, binary, data, options=()):
        self.binary, self.data, self.process, self.port = binary, data, None, None
        self.options = list(options)
        self.cookies, self.csrf, self.link = {}, "", None

    def start(self):
        command = [self.binary, "--data", self.data, "serve", "--listen", "127.0.0.1:0"]
        command += ["--requests-a-minute", "1000000", *self.options]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
        )
        self.port = None
        for line in self.process.stdout:
            token = re.search(r"setup\?token=([0-9a-f]+)", line)
            self.link = token.group(1) if token else self.link
            found = re.search(r"^serving +http://127\.0\.0\.1:(\d+)", line)
            self.port = int(found.group(1)) if found else self.port
            if self.port and self.link:
                break
        assert self.port, "the server did not start"
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def ask(self, method, path, body=None):
        """Status and answer; raises when the server went away."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {
            "Cookie": pairs,
            "X-CSRF-Token": self.csrf,
            "Origin": f"http://127.0.0.1:{self.port}",
            "Content-Type": "application/json",
        }
        payload = None if body is None else json.dumps(body)
        connection.request(method, f"/api/v1{path}", payload, headers)
        answer = connection.getresponse()
        text = answer.read()
        for cookie in answer.msg.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(cookie).items():
                self.cookies[name] = morsel.value
        connection.close()
        said = json.loads(text) if text else {}
        if isinstance(said, dict) and "csrf" in said:
            self.csrf = said["csrf"]
        return answer.status, said

    def insist(self, method, path, body=None):
        """Status and answer, and whether the server went away before it answered."""
        lost = False
        while True:
            try:
                return *self.ask(method, path, body), lost
            except (OSError, http.client.HTTPException):
                lost = True
                self.process.wait()
                self.start()

    def sign_in(self):
        self.ask("GET", "/session")
        body = {"name": "officer", "password": "Silk-Belt-1843-river"}
        status, said = self.ask("POST", "/session/first", {**body, "token": self.link})
        assert status == 200, said


@contextmanager
def served(binary, options):
    """A server in a folder of its own, signed in; afterwards it is killed and its store verified."""
    work = tempfile.mkdtemp()
    server = Server(binary, os.path.join(work, "data"), options)
    try:
        server.start()
        server.sign_in()
        yield server
        server.kill()
        subprocess.run(
            [binary, "--data", server.data, "verify"], check=True, stdout=subprocess.DEVNULL
        )
    finally:
        if server.process and server.process.poll() is None:
            server.kill()
        shutil.rmtree(work, ignore_errors=True)


def run(act, options=()):
    """Runs `act(server, chance, kills)` as the command line says, on a server with more options, and
    prints what it says."""
    started = time.time()
    binary, kills = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20
    with served(binary, options) as server:
        said = act(server, random.Random(int(os.environ.get("SEED", "7"))), kills)
    print(f"{said}, the store verifies")
    print(f"{time.time() - started:.0f} s", file=sys.stderr)
