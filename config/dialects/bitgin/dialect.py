"""Bitgin's voice: `{"code", "msg", "time", "data", "success"}`. Source: the bitgin contract; docs/dialects/bitgin.md."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from rest_framework.fields import CharField, Field

from config.kit.clock import milliseconds, now
from config.kit.dialect import Dialect, KeyRates, WireError, register
from config.kit.errors import DomainError, InvalidInput, Kind
from config.kit.rendering import ExactJSONRenderer
from config.kit.views import DialectView

SUCCESS = 1
PARAMETER, ILLEGAL, NOT_SIGNED_IN, TOO_FAST, SYSTEM = -2, -19, 10002, 303, -11
ERRORS = {
    "api.invalid": (400, PARAMETER),
    "api.malformed": (400, PARAMETER),
    "api.not_signed_in": (401, NOT_SIGNED_IN),
    "api.level_too_low": (403, ILLEGAL),
    "api.not_fresh": (403, ILLEGAL),
    "api.scope_missing": (403, ILLEGAL),
    "api.key_required": (403, ILLEGAL),
    "api.absent": (404, PARAMETER),
    "api.method_not_allowed": (405, ILLEGAL),
    "api.unsupported_media": (400, PARAMETER),
    "api.not_acceptable": (400, PARAMETER),
    "api.too_large": (413, PARAMETER),
    "api.throttled": (429, TOO_FAST),
    "api.unavailable": (500, SYSTEM),
    "api.unexpected": (500, SYSTEM),
    "apikeys.headers_invalid": (401, NOT_SIGNED_IN),
    "apikeys.target_invalid": (400, PARAMETER),
    "apikeys.key_refused": (401, NOT_SIGNED_IN),
    "apikeys.address_not_allowed": (403, ILLEGAL),
    "apikeys.clock_outside_window": (401, NOT_SIGNED_IN),
    "apikeys.nonce_used": (401, NOT_SIGNED_IN),
    "apikeys.signature_wrong": (401, NOT_SIGNED_IN),
}
"""HTTP status and number of each refusal. The document has no number for a rate and for a defect: BTSE's own are taken."""
BY_KIND = {
    Kind.INVALID: (400, PARAMETER),
    Kind.UNAUTHENTICATED: (401, NOT_SIGNED_IN),
    Kind.FORBIDDEN: (403, ILLEGAL),
    Kind.ABSENT: (404, PARAMETER),
    Kind.CONFLICT: (400, ILLEGAL),
    Kind.TOO_LARGE: (413, PARAMETER),
    Kind.UNPROCESSABLE: (400, PARAMETER),
    Kind.LIMITED: (429, TOO_FAST),
    Kind.UNAVAILABLE: (500, SYSTEM),
}
"""What a refusal without a number of its own says. Source of the statuses: bitgin: API Status."""


def envelope(data: Any) -> dict[str, Any]:
    """The answer, wrapped. Source: bitgin: Check Login Status, the sample."""
    return {"code": SUCCESS, "msg": "Success", "time": milliseconds(now()), "data": data, "success": True}


def envelope_shape(data: dict[str, Any]) -> dict[str, Any]:
    """The schema of a wrapped answer."""
    words = {
        "code": {"type": "integer", "const": SUCCESS},
        "msg": {"type": ["string", "null"]},
        "time": {"type": "integer", "format": "int64"},
        "success": {"type": "boolean"},
    }
    return {"type": "object", "required": ["code", "msg", "time", "data", "success"], "properties": {**words, "data": data}}


def status_of(error: DomainError | type[DomainError]) -> int:
    """The HTTP status with which this refusal leaves."""
    return ERRORS.get(error.slug, BY_KIND[error.kind])[0]


def refuse(error: DomainError, request: HttpRequest) -> WireError:
    """The refusal in bitgin's words, with Retry-After where waiting helps."""
    status, code = ERRORS.get(error.slug, BY_KIND[error.kind])
    message = _sentence(error) if isinstance(error, InvalidInput) else error.detail
    body = {"code": code, "msg": message, "time": milliseconds(now()), "data": None, "success": False}
    headers = {"WWW-Authenticate": "Signature"} if status == 401 else {}
    if waits := error.facts.get("retry_after"):
        headers["Retry-After"] = str(waits)
    return WireError(status=status, body=body, headers=headers)


def _sentence(error: InvalidInput) -> str:
    """The first reason alone, `[empty loginName]` where nothing was given. Source: bitgin: 2FA Verify."""
    name, reason = next(((name, texts[0]) for name, texts in error.fields.items() if texts), ("", error.detail))
    empty = {str(Field.default_error_messages["required"]), str(CharField.default_error_messages["blank"])}
    return f"[empty {name}]" if reason in empty else f"{name or 'body'}: {reason}"[:1000]


BITGIN = register(
    Dialect(
        name="bitgin",
        prefixes=("/v1/", "/bitgin/", "/api/v3.2/", "/spot/api/v3.2/"),
        authenticators=("apikeys.api.authentication.BtseKeyAuthentication",),
        refuse=refuse,
        status_of=status_of,
        envelope=envelope,
        envelope_shape=envelope_shape,
        refusal_shape="BitginRefusal",
        refusal_media_type="application/json",
        session_scheme="",
        key_scheme="bitginKey",
        key_rates=KeyRates(per_key="15/s", per_owner="30/s"),
    )
)


class BitginView(DialectView):
    """Bitgin's endpoints stand on this."""

    dialect = BITGIN
    renderer_classes = [ExactJSONRenderer]
