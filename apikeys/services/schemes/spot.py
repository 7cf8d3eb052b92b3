"""The spot family: SHA-256 of the text's SHA-256 and the secret.

The text is nonce, timestamp, key, query and body with nothing between them; the query's pairs are sorted by name, name
and value joined by nothing or, as the published example has it, by `=`; the body is the raw bytes, or the same JSON
without spaces. Source: the spot contract, signature; docs/decisions/0008-foreign-signatures.md.
"""

from __future__ import annotations

import re
from itertools import product
from urllib.parse import unquote_plus

from apikeys.models import Scheme
from apikeys.services.schemes.common import KEY, TIMESTAMP, Received, SignedRequest, check_target, pairs_of, read_headers

HEADERS = {
    "api-key": KEY,
    "nonce": re.compile(r"[\x21-\x2b\x2d-\x7e]{1,128}", re.ASCII),
    "timestamp": TIMESTAMP,
    "sign": re.compile(r"[0-9a-f]{64}", re.ASCII),
}
"""Clients send 32 hex digits or 44 characters of base64 as nonce; a comma would be a header sent twice."""
SCHEMES = frozenset({Scheme.SPOT})
_TOKENS = re.compile(rb'("(?:[^"\\]++|\\.)*+(?:"|\\?\Z))|[ \t\r\n]+', re.DOTALL)
"""A text in quotes, whole, or white space. One whose end is missing goes on to the end of the body, so that no byte is
looked at twice: whoever sends such bodies needs no key."""


def read(received: Received) -> SignedRequest:
    """The request with every part in its one form. Raises HeadersInvalid, TargetInvalid."""
    shown = read_headers(received, HEADERS)
    check_target(received.method, received.path, received.query)
    head = f"{shown['nonce']}{shown['timestamp']}{shown['api-key']}".encode("ascii")
    bodies = dict.fromkeys((received.body, compact(received.body)))
    texts = dict.fromkeys(head + query + body for query, body in product(queries(received.query), bodies))
    return SignedRequest(
        method=received.method,
        key=shown["api-key"],
        timestamp=int(shown["timestamp"]),
        nonce=shown["nonce"],
        signature=shown["sign"],
        texts=tuple(texts),
        schemes=SCHEMES,
    )


def queries(query: str) -> tuple[bytes, ...]:
    """The spellings of the query: names and values as meant or as sent, joined by nothing or by `=`."""
    sent = sorted(pairs_of(query))
    meant = sorted((unquote_plus(name), unquote_plus(value)) for name, value in sent)
    spelled = ("".join(f"{name}{mark}{value}" for name, value in pairs) for pairs in (meant, sent) for mark in ("", "="))
    return tuple(dict.fromkeys(text.encode("utf-8", "surrogatepass") for text in spelled))


def compact(body: bytes) -> bytes:
    """The JSON without white space between its tokens; what stands in quotes is kept to the byte."""
    return _TOKENS.sub(lambda token: token.group(1) or b"", body)
