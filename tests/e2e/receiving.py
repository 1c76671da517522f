"""Who is told: the emulated SES mailbox, and webhooks on this machine."""

import hashlib
import hmac
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests


def mails(stack, to):
    """What the emulated SES has sent to an address."""
    answer = requests.get(f"{stack['endpointUrl']}/_ministack/ses/messages", timeout=10).json()
    return [mail for group in walk(answer) for mail in group if to in mail.get("To", [])]


def walk(answer):
    """Every list of messages in an answer, however it is grouped."""
    if isinstance(answer, list):
        yield [one for one in answer if isinstance(one, dict) and "MessageId" in one]
    elif isinstance(answer, dict):
        for value in answer.values():
            yield from walk(value)


class Receiver:
    """A webhook on this machine that answers with each status in turn, then with 200."""

    def __init__(self, *statuses):
        self.calls, answers = [], list(statuses)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.calls.append((dict(self.headers.items()), body))
                self.send_response(answers.pop(0) if answers else 200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/hook"


def signed(secret, headers, body):
    """The signature that a call must have."""
    text = headers["x-weir-timestamp"].encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
