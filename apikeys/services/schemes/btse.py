"""BTSE's family, as bitgin documents it: HMAC-SHA384 over the path, the nonce and the raw body.

Source: the bitgin contract, Authentication; docs/decisions/0008-foreign-signatures.md tells what it leaves open and how
that is closed. The query is not signed: it is taken on reads only.
"""

from __future__ import annotations

import re

from apikeys.errors import HeadersInvalid, TargetInvalid
from apikeys.models import Scheme
from apikeys.services.schemes.common import KEY, TIMESTAMP, Received, SignedRequest, check_target, read_headers

_SIGNATURE = re.compile(r"[0-9a-f]{96}", re.ASCII)
FAMILIES = tuple(
    {f"{prefix}-api": KEY, f"{prefix}-nonce": TIMESTAMP, f"{prefix}-sign": _SIGNATURE} for prefix in ("btse", "request")
)
"""The headers and their later names. A request shows one family, whole."""
HEADERS = tuple(header for family in FAMILIES for header in family)
UNSIGNED_PREFIXES = ("/spot", "/futures", "/otc", "/bitgin")
"""What may stand before the path that clients sign."""
_ENDS_OF_PATHS = frozenset(bytes([character]) for character in b"0123456789/._~-")
"""No JSON object and no form begins so. Else a path with a time in it could lend that as nonce, and the rest as body."""
SCHEMES = frozenset({Scheme.BTSE})


def read(received: Received) -> SignedRequest:
    """The request with every part in its one form. Raises HeadersInvalid, TargetInvalid."""
    family, other = FAMILIES
    if any(received.headers.get(header) is not None for header in other):
        if any(received.headers.get(header) is not None for header in family):
            raise HeadersInvalid(header=next(iter(other)), reason="stands beside the other family of headers")
        family = other
    key, nonce, signature = read_headers(received, family).values()
    check_target(received.method, received.path, received.query)
    if received.query and received.method not in {"GET", "HEAD"}:
        raise TargetInvalid(reason="a query is not signed and is taken on reads only")
    if received.body[:1] in _ENDS_OF_PATHS:
        raise TargetInvalid(reason="a body that begins as a path may end is not taken")
    return SignedRequest(
        method=received.method,
        key=key,
        timestamp=int(nonce),
        nonce=nonce,
        signature=signature,
        texts=(signed_path(received.path).encode("ascii") + nonce.encode("ascii") + received.body,),
        schemes=SCHEMES,
    )


def signed_path(path: str) -> str:
    """The path as clients sign it: without the name of the service before it."""
    for prefix in UNSIGNED_PREFIXES:
        if path.startswith(prefix + "/"):
            return path[len(prefix) :]
    return path
