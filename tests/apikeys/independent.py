"""A client of each scheme, written from the documents alone: nothing of ours is imported here (a test holds it to that).

Native: docs/dialects/native-signing.md. BTSE and spot: their published documents; docs/decisions/0008-foreign-signatures.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
import uuid
from dataclasses import dataclass, field, replace
from urllib.parse import unquote_plus

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def milliseconds() -> str:
    return str(int(time.time() * 1000))


@dataclass(frozen=True)
class Signed:
    """A signed request, all of it, so that tests can break any part."""

    method: str
    target: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def with_header(self, name: str, value: str) -> Signed:
        return replace(self, headers={**self.headers, name: value})

    def without_header(self, name: str) -> Signed:
        return replace(self, headers={k: v for k, v in self.headers.items() if k != name})


@dataclass(frozen=True)
class Client:
    """Signs the native text with one key, by HMAC-SHA256."""

    key: str
    secret: str

    def sign(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        *,
        timestamp: str | None = None,
        nonce: str | None = None,
    ) -> Signed:
        path, _, query = target.partition("?")
        timestamp = timestamp or milliseconds()
        nonce = nonce or str(uuid.uuid4())
        lines = [
            method.encode(),
            path.encode(),
            b"&".join(sorted(query.encode().split(b"&"))),
            timestamp.encode(),
            nonce.encode(),
            hashlib.sha256(body).hexdigest().encode(),
        ]
        signature = self.signature(b"\n".join(lines))
        headers = {"X-Api-Key": self.key, "X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signature}
        return Signed(method, target, body, headers)

    def signature(self, text: bytes) -> str:
        return hmac.new(self.secret.encode(), text, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Ed25519Client(Client):
    """Signs the native text with a key of its owner's; `secret` is its 32 private bytes in hex."""

    def signature(self, text: bytes) -> str:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.secret)).sign(text).hex()


@dataclass(frozen=True)
class BtseClient:
    """Signs path, nonce and body; `family` is the name that the headers begin with."""

    key: str
    secret: str
    family: str = "btse"
    road: str = "/bitgin/v1/things/7"
    moment_header: str = "nonce"

    def sign(self, method: str, target: str = "", body: bytes = b"", moment: str = "", nonce: str = "") -> Signed:
        target = target or self.road
        moment = moment or nonce or milliseconds()
        path = target.partition("?")[0]
        for service in ("/spot", "/futures", "/otc", "/bitgin"):
            if path.startswith(service + "/"):
                path = path[len(service) :]
                break
        sign = hmac.new(self.secret.encode(), path.encode() + moment.encode() + body, hashlib.sha384).hexdigest()
        names = {"api": self.key, "nonce": moment, "sign": sign}
        return Signed(method, target, body, {f"{self.family}-{name}": value for name, value in names.items()})


@dataclass(frozen=True)
class SpotClient:
    """Signs nonce, time, key, query and body; `mark` stands between name and value."""

    key: str
    secret: str
    mark: str = ""
    road: str = "/api/spot/v1/things"
    moment_header: str = "timestamp"

    def sign(self, method: str, target: str = "", body: bytes = b"", moment: str = "", nonce: str = "") -> Signed:
        target = target or self.road
        moment, nonce = moment or milliseconds(), nonce or base64.b64encode(secrets.token_bytes(32)).decode()
        pairs = sorted(pair.split("=", 1) for pair in filter(None, target.partition("?")[2].split("&")))
        query = "".join(f"{unquote_plus(name)}{self.mark}{unquote_plus(value)}" for name, value in pairs)
        text = f"{nonce}{moment}{self.key}{query}".encode() + body
        sign = hashlib.sha256((hashlib.sha256(text).hexdigest() + self.secret).encode()).hexdigest()
        return Signed(method, target, body, {"api-key": self.key, "nonce": nonce, "timestamp": moment, "sign": sign})
