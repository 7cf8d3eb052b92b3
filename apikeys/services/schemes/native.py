"""The native family, HMAC-SHA256 or Ed25519 over one text.

The signed text is six lines joined by a line feed, none after the last: method, path, query, timestamp, nonce, body.
Source: docs/dialects/native-signing.md#the-signed-text. None of the first five can hold a line feed (the path and the
query are the raw, percent-encoded ones) and the sixth is a hash, so no byte can move from one part to another.
"""

from __future__ import annotations

import hashlib
import re

from apikeys.models import Scheme
from apikeys.services.schemes.common import KEY, TIMESTAMP, Received, SignedRequest, check_target, read_headers

HEADERS = {
    "X-Api-Key": KEY,
    "X-Timestamp": TIMESTAMP,
    "X-Nonce": re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII),
    "X-Signature": re.compile(r"[0-9a-f]{64}(?:[0-9a-f]{64})?", re.ASCII),
}
"""The headers of a signed request and their one form: a signature has 64 digits by HMAC, 128 by Ed25519."""
_DIGEST_OF_NOTHING = hashlib.sha256(b"").hexdigest()
_ED25519, _HMAC = frozenset({Scheme.NATIVE_ED25519}), frozenset({Scheme.NATIVE_HMAC})
SCHEMES = frozenset({Scheme.NATIVE_HMAC, Scheme.NATIVE_ED25519})


def read(received: Received) -> SignedRequest:
    """The request with every part in its one form. Raises HeadersInvalid, TargetInvalid."""
    shown = read_headers(received, HEADERS)
    check_target(received.method, received.path, received.query)
    query = "&".join(sorted(received.query.split("&"), key=str.encode)) if "&" in received.query else received.query
    digest = hashlib.sha256(received.body).hexdigest() if received.body else _DIGEST_OF_NOTHING
    lines = (received.method, received.path, query, shown["X-Timestamp"], shown["X-Nonce"], digest)
    signature = shown["X-Signature"]
    return SignedRequest(
        method=received.method,
        key=shown["X-Api-Key"],
        timestamp=int(shown["X-Timestamp"]),
        nonce=shown["X-Nonce"],
        signature=signature,
        texts=("\n".join(lines).encode("ascii"),),
        schemes=_ED25519 if len(signature) == 128 else _HMAC,
    )
