"""A function's real binary against a stand-in for Lambda's runtime API, so that a test may choose its environment."""

import base64
import itertools
import json
import os
import pathlib
import queue
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from stack import TARGET


class Runtime(ThreadingHTTPServer):
    """The runtime API: hands out invocations and takes the answers."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.waiting, self.answers = queue.Queue(), queue.Queue()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        invocation, payload = self.server.waiting.get()
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + 25) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:000000000000:function:tested",
        }
        self.reply(200, payload, headers)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.reply(202, b"{}", {})
        self.server.answers.put((self.path.rsplit("/", 1)[-1], body))

    def reply(self, status, body, headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json", "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def peak_of(pid):
    """The most memory that a process has taken since it became the program that it is, in bytes; nothing where the system does not tell.

    What the system tells of a process that has ended counts what its parent took when it started it."""
    status = pathlib.Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), None)


class Function:
    """A running function. Use as a context; once it has ended, `peak_bytes` says how much memory it took."""

    ids = itertools.count(1)

    def __init__(self, name, environment):
        self.name, self.environment = name, environment

    def __enter__(self):
        self.runtime = Runtime()
        lambda_environment = {
            "AWS_LAMBDA_RUNTIME_API": self.runtime.address,
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        }
        self.process = subprocess.Popen(
            [str(TARGET / "debug" / self.name)],
            env={**self.environment, **lambda_environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines = []
        threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True).start()
        return self

    def __exit__(self, *_):
        own_peak = peak_of(self.process.pid)
        self.process.kill()
        _, _, usage = os.wait4(self.process.pid, 0)
        self.peak_bytes = own_peak or usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        self.process.wait()
        self.runtime.shutdown()

    @property
    def log(self):
        return "".join(self.lines)

    def invoke(self, event, within=28):
        """What the function answers to an event."""
        self.runtime.waiting.put((f"invocation-{next(self.ids)}", json.dumps(event).encode()))
        deadline = time.monotonic() + within
        while True:
            try:
                kind, body = self.runtime.answers.get(timeout=0.2)
                break
            except queue.Empty:
                assert self.process.poll() is None, f"{self.name} ended: {self.log}"
                assert time.monotonic() < deadline, f"{self.name} did not answer: {self.log}"
        assert kind == "response", f"{self.name} failed: {body.decode()} {self.log}"
        return json.loads(body)

    def http(self, method, target, headers=None, body=b"", source="192.0.2.1"):
        """Status, headers and body of what a function behind the HTTP API answers to a call from an address."""
        event = http_event(method, target, headers or {}, body)
        event["requestContext"]["http"]["sourceIp"] = source
        answer = self.invoke(event)
        text = answer.get("body") or ""
        if answer.get("isBase64Encoded"):
            text = base64.b64decode(text).decode()
        headers = {name.lower(): value for name, value in answer.get("headers", {}).items()}
        headers |= {name.lower(): ", ".join(values) for name, values in answer.get("multiValueHeaders", {}).items()}
        return answer["statusCode"], headers, text


def http_event(method, target, headers, body):
    """A request as API Gateway's HTTP APIs hand it over (payload format 2.0)."""
    path, _, query = target.partition("?")
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"host": "api.example.com", **{name.lower(): value for name, value in headers.items()}},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "tested",
            "domainName": "api.example.com",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "tests"},
            "requestId": "tested",
            "routeKey": "$default",
            "stage": "$default",
            "timeEpoch": int(time.time() * 1000),
        },
        "isBase64Encoded": False,
    }
    if body:
        event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    return event
