"""Credentials that must not hold, each wrong in one way."""

import base64
import hashlib
import hmac
import json
import time

from api import Key, Service, Token
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def encoded(part):
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def token(claims, sign, algorithm):
    """A token of these claims, whatever is wrong with it."""
    header = {"alg": algorithm, "typ": "JWT"}
    message = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    return Token(f"{message}.{encoded(sign(message.encode()))}")


def shared(secret, algorithm="HS256"):
    return lambda message: hmac.new(secret, message, HASHES[algorithm]).digest()


class WrongKey(Key):
    """A key as the user name of Basic authentication."""

    def headers(self, method, target, body):
        return {"Authorization": "Basic " + base64.b64encode(f"{self.text}:".encode()).decode()}


class Tampered(Service):
    """A signature of which one digit is another."""

    def headers(self, method, target, body):
        signed = super().headers(method, target, body)
        last = signed["X-Weir-Signature"][-1]
        return signed | {"X-Weir-Signature": signed["X-Weir-Signature"][:-1] + ("0" if last != "0" else "1")}


class SignedForAnother(Service):
    """A signature of another request."""

    def headers(self, method, target, body):
        return super().headers(method, target + "/x", body)


def forgeries(stack, tenant):
    """Each kind of credential that is refused, by what is wrong with it."""
    now = int(time.time())
    secret = stack["jwtSecret"].encode()
    good = {
        "iss": stack["jwtIssuer"],
        "aud": stack["jwtAudience"],
        "sub": "an-admin",
        "tenant": tenant.name,
        "role": "admin",
        "iat": now - 10,
        "nbf": now - 10,
        "exp": now + 600,
    }
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    public = private.public_key().public_bytes(serialization.Encoding.PEM, kind)
    by_rsa = lambda message: private.sign(message, padding.PKCS1v15(), hashes.SHA256())
    hs256 = lambda **changed: token(good | changed, shared(secret), "HS256")
    service = tenant.service
    wrong_key = f"wk_{tenant.name}_{'A' * 43}"
    return {
        "no credential": None,
        "a wrong key": Key(wrong_key),
        "a wrong key as a user name": WrongKey(wrong_key),
        "an expired token": hs256(exp=now - 61),
        "a token that does not hold yet": hs256(nbf=now + 120),
        "a token of another algorithm": token(good, shared(secret, "HS512"), "HS512"),
        "a token without an algorithm": token(good, lambda _: b"", "none"),
        "a token signed with an unknown key": token(good, by_rsa, "RS256"),
        "a token signed with a public key": token(good, shared(public), "HS256"),
        "a token of another issuer": hs256(iss="https://elsewhere.example"),
        "a token for another audience": hs256(aud="elsewhere"),
        "a token that was tampered with": Token(tampered(hs256().text)),
        "a tampered signature": Tampered(service.name, service.secret),
        "a signature of another request": SignedForAnother(service.name, service.secret),
        "an old signature": Service(service.name, service.secret, clock=lambda: time.time() - 310),
    }


def tampered(text):
    """A token whose claims are others than those that were signed."""
    header, claims, signature = text.split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    return f"{header}.{encoded(json.dumps(said | {'sub': 'another'}).encode())}.{signature}"
