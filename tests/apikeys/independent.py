"""A client of signed requests, written from docs/dialects/native-signing.md alone: it imports nothing of ours."""

from __future__ import annotations

import hashlib
import hmac
import time
import uuid
from dataclasses import dataclass, field, replace


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
    """Signs with one key."""

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
        timestamp = timestamp or str(int(time.time() * 1000))
        nonce = nonce or str(uuid.uuid4())
        lines = [
            method.encode(),
            path.encode(),
            b"&".join(sorted(query.encode().split(b"&"))),
            timestamp.encode(),
            nonce.encode(),
            hashlib.sha256(body).hexdigest().encode(),
        ]
        signature = hmac.new(self.secret.encode(), b"\n".join(lines), hashlib.sha256).hexdigest()
        headers = {"X-Api-Key": self.key, "X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signature}
        return Signed(method, target, body, headers)
