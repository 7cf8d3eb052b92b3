"""The native scheme, HMAC-SHA256: pure functions over the bytes received.

The signed text is six lines joined by a line feed, none after the last: method, path, query, timestamp, nonce, body.
Source: docs/dialects/native-signing.md#the-signed-text. None of the first five can hold a line feed (the path and the
query are the raw, percent-encoded ones) and the sixth is a hash, so no byte can move from one part to another.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from apikeys.errors import HeadersInvalid, TargetInvalid

TARGET_BYTES_MAX = 4096
"""Bytes of path and query together."""

_KEY = re.compile(r"[A-Za-z0-9]{32,64}", re.ASCII)
_TIMESTAMP = re.compile(r"[1-9][0-9]{12}", re.ASCII)
_NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-f]{64}", re.ASCII)
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+/?", re.ASCII)
_VISIBLE = re.compile(r"[\x21-\x7e]*", re.ASCII)
HEADERS = {"X-Api-Key": _KEY, "X-Timestamp": _TIMESTAMP, "X-Nonce": _NONCE, "X-Signature": _SIGNATURE}
"""The headers of a signed request and their one form. A header sent twice arrives joined by a comma and has none."""


@dataclass(frozen=True)
class SignedRequest:
    """One signed request as it was received. Made by `read`, so that every part has its form."""

    method: str
    path: str
    query: str
    body: bytes
    key: str
    timestamp: str
    nonce: str
    signature: str

    def signed_text(self) -> bytes:
        """The six lines."""
        query = "&".join(sorted(self.query.split("&"), key=str.encode))
        digest = hashlib.sha256(self.body).hexdigest()
        return f"{self.method}\n{self.path}\n{query}\n{self.timestamp}\n{self.nonce}\n{digest}".encode("ascii")


def read(*, method: str, path: str, query: str, body: bytes, headers: dict[str, str | None]) -> SignedRequest:
    """The request with every part in its one form. Raises HeadersInvalid, TargetInvalid."""
    for header, form in HEADERS.items():
        value = headers.get(header)
        if value is None:
            raise HeadersInvalid(header=header, reason="is missing")
        if not form.fullmatch(value):
            raise HeadersInvalid(header=header, reason="stands twice" if "," in value else "has another form")
    _check_target(method, path, query)
    return SignedRequest(
        method=method,
        path=path,
        query=query,
        body=body,
        key=headers["X-Api-Key"] or "",
        timestamp=headers["X-Timestamp"] or "",
        nonce=headers["X-Nonce"] or "",
        signature=headers["X-Signature"] or "",
    )


def _check_target(method: str, path: str, query: str) -> None:
    if len(path) + len(query) > TARGET_BYTES_MAX:
        raise TargetInvalid(reason=f"longer than {TARGET_BYTES_MAX} bytes")
    if not (method.isascii() and method.isalpha() and method.isupper()):
        raise TargetInvalid(reason="the method is written in capitals")
    if not _PATH.fullmatch(path) or any(part in {".", ".."} for part in path.split("/")):
        raise TargetInvalid(reason="the path has no escapes, no empty parts and no dots alone")
    if not _VISIBLE.fullmatch(query) or "#" in query:
        raise TargetInvalid(reason="the query is percent-encoded")
    if not query:
        return
    names = []
    for pair in query.split("&"):
        name, equals, _value = pair.partition("=")
        if not (name and equals):
            raise TargetInvalid(reason="the query is made of name=value pairs joined by one &")
        names.append(unquote_to_bytes(name.replace("+", " ")))
    if len(set(names)) != len(names):
        raise TargetInvalid(reason="a name stands twice in the query")


def signature(secret: bytes, signed_text: bytes) -> str:
    """HMAC-SHA256 in lower-case hex."""
    return hmac.digest(secret, signed_text, "sha256").hex()


def fits(request: SignedRequest, secret: bytes) -> bool:
    """Whether the signature is this secret's over this request, in a time that does not tell where it differs."""
    return hmac.compare_digest(signature(secret, request.signed_text()), request.signature)
