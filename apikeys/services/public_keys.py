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
_SMALL_ORDER = frozenset(
    bytes.fromhex(text)
    for text in (
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    )
)
"""The points of small order on the curve: under them a signature could fit texts that nobody signed."""


def read(text: str) -> bytes:
    """The 32 bytes of a public key in PEM (RFC 8410) or base64. Raises PublicKeyInvalid."""
    plain = text.strip()
    if not plain or len(plain) > TEXT_LENGTH_MAX:
        raise PublicKeyInvalid(reason=f"1 to {TEXT_LENGTH_MAX} characters are due")
    found = _from_pem(plain) if plain.startswith("-----BEGIN") else _from_base64(plain)
    if found in _SMALL_ORDER:
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
