"""What all schemes share: the request as received, its plain target, and the comparison of a signature."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from apikeys.errors import HeadersInvalid, TargetInvalid
from apikeys.models import Scheme

TARGET_BYTES_MAX = 4096
"""Bytes of path and query together."""

KEY = re.compile(r"[A-Za-z0-9]{32,64}", re.ASCII)
TIMESTAMP = re.compile(r"[1-9][0-9]{12}", re.ASCII)
"""Milliseconds since 1970, thirteen digits: until the year 2286."""
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+/?", re.ASCII)
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})
_VISIBLE = re.compile(r"[\x21-\x7e]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Received:
    """The parts of a request as they arrived: path and query raw, the body's bytes, headers by name (None: absent)."""

    method: str
    path: str
    query: str
    body: bytes
    headers: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """One signed request. Made by a family's `read`, so that every part has its form.

    `texts` are the texts of which one was signed: one, where the scheme has a single spelling. `schemes` are those whose
    keys may sign like this.
    """

    method: str
    key: str
    timestamp: int
    nonce: str
    signature: str
    texts: tuple[bytes, ...]
    schemes: frozenset[Scheme]

    def signed_text(self) -> bytes:
        """The text that should have been signed, in its first spelling."""
        return self.texts[0]


def read_headers(received: Received, forms: Mapping[str, re.Pattern[str]]) -> dict[str, str]:
    """The headers, each in its one form. One that was sent twice arrives joined by a comma. Raises HeadersInvalid."""
    found: dict[str, str] = {}
    for header, form in forms.items():
        value = received.headers.get(header)
        if value is None:
            raise HeadersInvalid(header=header, reason="is missing")
        if not form.fullmatch(value):
            raise HeadersInvalid(header=header, reason="stands twice" if "," in value else "has another form")
        found[header] = value
    return found


def check_target(method: str, path: str, query: str) -> None:
    """Promise that method, path and query can be read in one way only. Raises TargetInvalid."""
    if len(path) + len(query) > TARGET_BYTES_MAX:
        raise TargetInvalid(reason=f"longer than {TARGET_BYTES_MAX} bytes")
    if method not in _METHODS and not (method.isascii() and method.isalpha() and method.isupper()):
        raise TargetInvalid(reason="the method is written in capitals")
    if not _PATH.fullmatch(path) or any(part in {".", ".."} for part in path.split("/")):
        raise TargetInvalid(reason="the path has no escapes, no empty parts and no dots alone")
    if query:
        if not _VISIBLE.fullmatch(query) or "#" in query:
            raise TargetInvalid(reason="the query is percent-encoded")
        pairs_of(query)


def pairs_of(query: str) -> list[tuple[str, str]]:
    """The query's names and values, raw, in their order. Raises TargetInvalid for a name twice or a pair without `=`."""
    if not query:
        return []
    pairs, names = [], []
    for pair in query.split("&"):
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise TargetInvalid(reason="the query is made of name=value pairs joined by one &")
        pairs.append((name, value))
        names.append(unquote_to_bytes(name.replace("+", " ")))
    if len(set(names)) != len(names):
        raise TargetInvalid(reason="a name stands twice in the query")
    return pairs


def hmac_sha256(secret: bytes, text: bytes) -> str:
    """HMAC-SHA256 in lower-case hex: the native scheme."""
    return hmac.digest(secret, text, "sha256").hex()


def hmac_sha384(secret: bytes, text: bytes) -> str:
    """HMAC-SHA384 in lower-case hex: BTSE's scheme."""
    return hmac.digest(secret, text, "sha384").hex()


def double_sha256(secret: bytes, text: bytes) -> str:
    """SHA-256 of the text's SHA-256 (hex) and the secret, in lower-case hex: the spot scheme."""
    return hashlib.sha256(hashlib.sha256(text).hexdigest().encode() + secret).hexdigest()


_SIGN: dict[Scheme, Callable[[bytes, bytes], str]] = {
    Scheme.NATIVE_HMAC: hmac_sha256,
    Scheme.BTSE: hmac_sha384,
    Scheme.SPOT: double_sha256,
}


def fits(request: SignedRequest, scheme: Scheme, material: bytes) -> bool:
    """Whether the signature is the key's over this request, in a time that does not tell where it differs.

    `material` is the secret, or the public key (32 bytes) of an Ed25519 key. Every spelling is compared.
    """
    if scheme == Scheme.NATIVE_ED25519:
        return _fits_ed25519(request.signed_text(), material, request.signature)
    compared = [hmac.compare_digest(_SIGN[scheme](material, text), request.signature) for text in request.texts]
    return any(compared)


def _fits_ed25519(text: bytes, public_key: bytes, signature: str) -> bool:
    """RFC 8032, section 5.1.7; the library refuses signatures that could be written in two ways."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True
