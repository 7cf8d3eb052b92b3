"""Short-lived links to images: each is good for one path, one staff session and a few minutes."""

from __future__ import annotations

import time
from urllib.parse import urlencode

from config.kit import crypto
from kyc.errors import LinkInvalid

LINK_SECONDS = 300


def signed(path: str, *, viewer: str) -> str:
    """The path with expiry and signature. `viewer` names the staff session; it does not appear in the link."""
    expires = int(time.time()) + LINK_SECONDS
    return f"{path}?{urlencode({'e': expires, 's': _signature(path, viewer, expires)})}"


def check(path: str, *, viewer: str, expires: str, signature: str) -> None:
    """Promise that the link was made for this path and viewer and is not late. Raises LinkInvalid."""
    if not (expires.isascii() and expires.isdigit() and len(expires) <= 12) or not signature.isascii():
        raise LinkInvalid
    if not crypto.equal(_signature(path, viewer, int(expires)), signature) or int(expires) < time.time():
        raise LinkInvalid


def _signature(path: str, viewer: str, expires: int) -> str:
    return crypto.keyed_hash("kyc.image_link", path, viewer, str(expires)).hex()
