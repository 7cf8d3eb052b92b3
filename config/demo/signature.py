"""Signing as an integrator would, from docs/dialects/native-signing.md."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class SigningKey:
    """An API key with its secret."""

    key: str
    secret: str

    def headers(self, method: str, target: str) -> Callable[[bytes], Mapping[str, str]]:
        """What makes the headers of one attempt from the body that it sends; a new nonce each time."""
        path, _, query = target.partition("?")
        pairs = "&".join(sorted(query.split("&")))

        def sign(body: bytes) -> Mapping[str, str]:
            timestamp, nonce = str(time.time_ns() // 1_000_000), secrets.token_hex(16)
            digest = hashlib.sha256(body).hexdigest()
            text = f"{method}\n{path}\n{pairs}\n{timestamp}\n{nonce}\n{digest}"
            signature = hmac.digest(self.secret.encode(), text.encode(), "sha256").hex()
            return {"X-Api-Key": self.key, "X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signature}

        return sign
