"""Reading the public half of a customer's own Ed25519 key."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from apikeys.errors import PublicKeyInvalid

TEXT_LENGTH_MAX = 400
KEY_BYTES = 32
_PRIME = 2**255 - 19
_SMALL_ORDER = frozenset(
    int(text, 16)
    for text in (
        "0",
        "1",
        "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec",
        "05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826",
        "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7",
    )
)
"""The y of the points of small order, whichever their x: under them a signature could fit texts that nobody signed."""


def read(text: str) -> bytes:
    """The 32 bytes of a public key in PEM (RFC 8410) or base64. Raises PublicKeyInvalid."""
    plain = text.strip()
    if not plain or len(plain) > TEXT_LENGTH_MAX:
        raise PublicKeyInvalid(reason=f"1 to {TEXT_LENGTH_MAX} characters are due")
    found = _from_pem(plain) if plain.startswith("-----BEGIN") else _from_base64(plain)
    y = int.from_bytes(found, "little") & (2**255 - 1)
    if y >= _PRIME or y in _SMALL_ORDER:
        raise PublicKeyInvalid(reason="no key that was drawn looks like this")
    return found


def _from_pem(text: str) -> bytes:
    try:
        key = load_pem_public_key(text.encode("ascii", "replace"))
    except (ValueError, UnsupportedAlgorithm):
        raise PublicKeyInvalid(reason="the PEM can't be read") from None
    if not isinstance(key, Ed25519PublicKey):
        raise PublicKeyInvalid(reason="it is a key of another kind")
    return key.public_bytes_raw()


def _from_base64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise PublicKeyInvalid(reason="it is neither PEM nor base64") from None
    if len(raw) != KEY_BYTES:
        raise PublicKeyInvalid(reason=f"{KEY_BYTES} bytes are due")
    try:
        Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise PublicKeyInvalid(reason="it is no point of the curve") from None
    return raw
