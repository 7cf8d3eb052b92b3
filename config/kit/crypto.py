"""Sealing, hashing and comparing. Keys come from settings; nothing else in the product touches a primitive.

A sealed value is `version (1) | key id length (1) | key id | wrapped data key (60) | nonce (12) | ciphertext + tag`:
AES-256-GCM under a data key drawn for this value, itself wrapped with AES-256-GCM under a key-encryption key.
Rotation re-wraps 60 bytes and never touches the ciphertext. `context` is authenticated, so that a sealed value copied
to another row does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES
VERSION = 1


class Unsealable(Exception):
    """The value was not sealed by us, not for this context, or its key-encryption key is gone."""


def encrypt(key: bytes, plain: bytes, *, context: str) -> bytes:
    """AES-256-GCM with a random nonce: nonce | ciphertext | tag."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def decrypt(key: bytes, sealed: bytes, *, context: str) -> bytes:
    """The inverse of `encrypt`. Raises Unsealable."""
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise Unsealable("too short")
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())
    except InvalidTag:
        raise Unsealable("the tag does not fit") from None


def new_data_key() -> bytes:
    """A fresh 256-bit key."""
    return secrets.token_bytes(KEY_BYTES)


def wrap_key(key: bytes, *, context: str) -> bytes:
    """The key wrapped under the active key-encryption key, with that one's id in front."""
    key_id, master = _active()
    name = key_id.encode()
    return bytes([VERSION, len(name)]) + name + encrypt(master, key, context=f"wrap:{context}")


def unwrap_key(wrapped: bytes, *, context: str) -> bytes:
    """The inverse of `wrap_key`. Raises Unsealable."""
    key_id, body = _split(wrapped)
    return decrypt(_master(key_id), body, context=f"wrap:{context}")


def active_key_id() -> str:
    """The id of the key-encryption key that seals now."""
    return _active()[0]


def wrapped_under(wrapped: bytes) -> str:
    """The id of the key-encryption key under which a wrapped key or a sealed value stands."""
    return _split(wrapped)[0]


def seal(plain: bytes, *, context: str) -> bytes:
    """The value sealed for `context`."""
    key = new_data_key()
    return wrap_key(key, context=context) + encrypt(key, plain, context=context)


def unseal(sealed: bytes, *, context: str) -> bytes:
    """The inverse of `seal`. Raises Unsealable."""
    sealed = bytes(sealed)
    cut = _head_length(sealed) + WRAPPED_BYTES
    return decrypt(unwrap_key(sealed[:cut], context=context), sealed[cut:], context=context)


def rewrap(sealed: bytes, *, context: str) -> bytes:
    """The same sealed value under the active key-encryption key. Raises Unsealable."""
    cut = _head_length(sealed) + WRAPPED_BYTES
    return wrap_key(unwrap_key(sealed[:cut], context=context), context=context) + sealed[cut:]


def keyed_hash(purpose: str, *parts: str | bytes, key: bytes | None = None) -> bytes:
    """HMAC-SHA256 (32 bytes) of the parts, each with its length before it, under a key of the purpose's own.

    That one is derived from `key`, or from HASH_KEY where none is given.
    """
    own = hmac.digest(bytes(settings.HASH_KEY) if key is None else key, purpose.encode(), "sha256")
    message = bytearray()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        message += len(raw).to_bytes(8, "big") + raw
    return hmac.digest(own, bytes(message), "sha256")


def token() -> str:
    """A new 256-bit secret as 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def token_hash(text: str) -> bytes:
    """SHA-256 of a token: what may be stored of it. Only for secrets of full entropy."""
    return hashlib.sha256(text.encode()).digest()


def facts_hash(*facts: str) -> bytes:
    """SHA-256 (32 bytes) over texts that somebody decides about, each parted unmistakably from the next. Hides nothing."""
    return hashlib.sha256(json.dumps(facts, ensure_ascii=True, separators=(",", ":")).encode()).digest()


def equal(a: str | bytes, b: str | bytes) -> bool:
    """Whether both are the same, in a time that tells nothing but their lengths."""
    left = a.encode() if isinstance(a, str) else a
    right = b.encode() if isinstance(b, str) else b
    return hmac.compare_digest(left, right)


def _keys() -> dict[str, bytes]:
    return settings.KEY_ENCRYPTION_KEYS


def _active() -> tuple[str, bytes]:
    return next(iter(_keys().items()))


def _master(key_id: str) -> bytes:
    try:
        return _keys()[key_id]
    except KeyError:
        raise Unsealable(f"no key-encryption key {key_id!r}") from None


def _head_length(sealed: bytes) -> int:
    if len(sealed) < 2 or sealed[0] != VERSION:
        raise Unsealable("an unknown form")
    return 2 + sealed[1]


def _split(wrapped: bytes) -> tuple[str, bytes]:
    cut = _head_length(wrapped)
    return wrapped[2:cut].decode(), wrapped[cut : cut + WRAPPED_BYTES]
