"""A server that is killed and started again, and one visitor who is signed in."""

import http.client
import json
import re
import signal
import subprocess
import threading
from http.cookies import SimpleCookie


class Server:
    """A server process and one signed-in visitor."""

    def __init__(self, binary, data):
        self.binary, self.data, self.process, self.port = binary, data, None, None
        self.cookies, self.csrf, self.link = {}, "", None

    def start(self):
        command = [self.binary, "--data", self.data, "serve", "--listen", "127.0.0.1:0"]
        command += ["--requests-a-minute", "1000000"]
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

    def sign_in(self):
        self.ask("GET", "/session")
        body = {"name": "officer", "password": "Silk-Belt-1843-river"}
        status, said = self.ask("POST", "/session/first", {**body, "token": self.link})
        assert status == 200, said
