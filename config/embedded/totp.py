"""The code that an authenticator shows now, for the people at the terminal of a development run (RFC 6238)."""

from __future__ import annotations

import base64
import hmac
import time

STEP_SECONDS = 30
DIGITS = 6


def code_now(secret: str, at: float | None = None) -> str:
    """The code of a base32 secret, and so the same as the server's."""
    key = base64.b32decode(secret.replace(" ", "").upper() + "=" * (-len(secret.replace(" ", "")) % 8))
    counter = int((time.time() if at is None else at) // STEP_SECONDS).to_bytes(8, "big")
    digest = hmac.digest(key, counter, "sha1")
    offset = digest[-1] & 15
    return str((int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF) % 10**DIGITS).zfill(DIGITS)
