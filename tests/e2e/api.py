"""The API over HTTP, called with each kind of credential."""

import hashlib
import hmac
import json
import time
from decimal import Decimal

import requests


class Key:
    """A project's API key."""

    def __init__(self, text):
        self.text = text

    def headers(self, method, target, body):
        return {"X-API-Key": self.text}


class Token:
    """A person's token."""

    def __init__(self, text):
        self.text = text

    def headers(self, method, target, body):
        return {"Authorization": f"Bearer {self.text}"}


class Service:
    """A service that signs its calls, as the contract says, independently of the tool's own signing."""

    def __init__(self, name, secret, clock=time.time):
        self.name, self.secret, self.clock = name, secret, clock

    def headers(self, method, target, body):
        timestamp = int(self.clock())
        signed = f"{timestamp}.{method}.{target}.{hashlib.sha256(body).hexdigest()}"
        signature = hmac.new(self.secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
        return {"X-Weir-Service": self.name, "X-Weir-Timestamp": str(timestamp), "X-Weir-Signature": f"v1={signature}"}


class Api:
    """A deployment's address. Targets are paths as the API sees them, without the stage in front."""

    def __init__(self, url):
        self.url = url.rstrip("/")
        self.session = requests.Session()

    def call(self, method, target, by=None, body=b"", headers=None):
        """Bodies are bytes as they are, or anything that JSON can say."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers = {"Content-Type": "application/json", **(headers or {})}
        credential = by.headers(method, target, body) if by else {}
        return self.session.request(method, self.url + target, data=body, headers={**credential, **(headers or {})}, timeout=40)

    def post(self, target, body, by=None, headers=None):
        return self.call("POST", target, by, body, headers)

    def get(self, target, by=None, headers=None):
        return self.call("GET", target, by, b"", headers)

    def delete(self, target, by=None, headers=None):
        return self.call("DELETE", target, by, b"", headers)


def exact(response):
    """An answer's JSON with its decimals as they are written."""
    return json.loads(response.text, parse_float=Decimal)


def assert_problem(response, status):
    """That an answer is a problem (RFC 9457) of this status; its members."""
    assert response.status_code == status, f"{response.status_code}: {response.text}"
    assert response.headers["content-type"].startswith("application/problem+json")
    problem = response.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["requestId"] == response.headers["x-request-id"]
    return problem
