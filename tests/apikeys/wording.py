"""What the documents say of each refusal: written from them, to be held against what the dialects say."""

from __future__ import annotations

import re
from typing import Any

from config.kit.errors import REGISTRY

BITGIN = {
    "api.not_signed_in": (401, 10002),
    "api.invalid": (400, -2),
    "api.malformed": (400, -2),
    "api.unsupported_media": (400, -2),
    "api.absent": (404, -2),
    "api.method_not_allowed": (405, -19),
    "api.too_large": (413, -2),
    "api.throttled": (429, 303),
    "api.scope_missing": (403, -19),
    "api.unavailable": (500, -11),
    "api.unexpected": (500, -11),
    "apikeys.headers_invalid": (401, 10002),
    "apikeys.target_invalid": (400, -2),
    "apikeys.key_refused": (401, 10002),
    "apikeys.address_not_allowed": (403, -19),
    "apikeys.clock_outside_window": (401, 10002),
    "apikeys.nonce_used": (401, 10002),
    "apikeys.signature_wrong": (401, 10002),
}
"""Source: bitgin: API Status and the samples; gaps.md, bitgin."""
SPOT = {
    "api.not_signed_in": (200, "70003"),
    "api.invalid": (200, "2"),
    "api.malformed": (200, "2"),
    "api.unsupported_media": (415, "2"),
    "api.absent": (200, "2"),
    "api.method_not_allowed": (405, "2"),
    "api.too_large": (413, "2"),
    "api.throttled": (429, "110041"),
    "api.scope_missing": (200, "100013"),
    "api.unavailable": (503, "500"),
    "api.unexpected": (500, "500"),
    "apikeys.headers_invalid": (200, "2"),
    "apikeys.target_invalid": (200, "2"),
    "apikeys.key_refused": (200, "100004"),
    "apikeys.address_not_allowed": (200, "100011"),
    "apikeys.clock_outside_window": (200, "100008"),
    "apikeys.nonce_used": (200, "100008"),
    "apikeys.signature_wrong": (200, "100005"),
}
"""Source: gaps.md, spot."""
_MESSAGES = {
    slug: re.compile(re.sub(r"\\\{\w+\\\}", ".*", re.escape(refusal.message)), re.DOTALL) for slug, refusal in REGISTRY.items()
}


def slug_of(answer: Any) -> str:
    """Which refusal the answer tells, by its sentence; its number and status are the document's, its envelope whole."""
    body = answer.json()
    assert (body["success"], body["data"]) == (False, None), body
    words = BITGIN if "time" in body else SPOT
    assert set(body) == {"code", "msg", "data", "success"} | ({"time"} if words is BITGIN else set())
    over = words is BITGIN and body["msg"] == "token过期"
    slug = "api.not_signed_in" if over else next(slug for slug in words if _MESSAGES[slug].match(body["msg"]))
    code = _header_number(body["msg"]) if words is SPOT and slug == "apikeys.headers_invalid" else words[slug][1]
    assert (answer.status_code, body["code"]) == (words[slug][0], code), body
    return slug


def _header_number(said: str) -> str:
    """What spot says of a header: it is missing, names no key, is no signature, or is no good otherwise."""
    if "is missing" in said:
        return "70003"
    return next((number for name, number in (("api-key", "100004"), ("sign", "100005")) if f": {name} " in said), "2")
