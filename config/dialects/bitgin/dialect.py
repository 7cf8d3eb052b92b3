"""Bitgin's voice: `{"code", "msg", "time", "data", "success"}`. Source: the bitgin contract; docs/dialects/bitgin.md."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from rest_framework.fields import CharField, ChoiceField, Field

from config.dialects.bitgin.numbers import (
    BY_KIND,
    CODES_BY_DOOR,
    ERRORS,
    FILE_UNFIT,
    IMAGE_DOORS,
    IMAGE_FIELDS,
    SENTENCES,
    SMS_FAILED,
    SUCCESS,
    TEXTS,
    TOKEN_OVER,
    WITHOUT_WORDS,
    WRONG_TIMES,
)
from config.kit.clock import milliseconds, now
from config.kit.dialect import Dialect, KeyRates, WireError, register
from config.kit.errors import DomainError, InvalidInput, NotSignedIn, TimedOut, TooLarge
from config.kit.rendering import ExactJSONRenderer
from config.kit.views import DialectView

__all__ = ["BY_KIND", "ERRORS", "SUCCESS"]

EMPTY = frozenset(
    str(text)
    for text in (
        Field.default_error_messages["required"],
        Field.default_error_messages["null"],
        CharField.default_error_messages["blank"],
        str(ChoiceField.default_error_messages["invalid_choice"]).format(input=""),
    )
)
"""How a field says that nothing was given."""
SENTENCE_LENGTH_MAX = 1_000
SECONDS_MAX = 30
"""How long a request may work. Source: bitgin: API Status, 408."""


def envelope(data: Any, *, msg: str | None = "Success") -> dict[str, Any]:
    """The answer, wrapped. Source: bitgin: Check Login Status, the sample."""
    return {"code": SUCCESS, "msg": msg, "time": milliseconds(now()), "data": data, "success": True}


def quiet(data: Any) -> dict[str, Any]:
    """The same where the sample's `msg` is null. Source: bitgin: Login; Get Verification Code; Authenticate 2FA When Login."""
    return envelope(data, msg=None)


def logged_out(data: Any) -> dict[str, Any]:
    """The same as it ends a session. Source: bitgin: logout, the sample."""
    return envelope(data, msg="Logout")


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
    """The HTTP status with which this refusal leaves. 408 is what is stopped in its time. Source: bitgin: API Status."""
    kind = error if isinstance(error, type) else type(error)
    return 408 if issubclass(kind, TimedOut) else ERRORS.get(error.slug, BY_KIND[error.kind])[0]


def number_of(error: DomainError, path: str) -> int:
    """The number of a refusal at the door of this path."""
    if error.slug == "messaging.too_many_codes" and error.facts["channel"] == "sms":
        return SMS_FAILED
    for door, numbers in CODES_BY_DOOR.items():
        if path.endswith(f"/{door}") and error.slug in numbers:
            return numbers[error.slug]
    return ERRORS.get(error.slug, BY_KIND[error.kind])[1]


def refuse(error: DomainError, request: HttpRequest) -> WireError:
    """The refusal in bitgin's words, with Retry-After where waiting helps.

    Failures of a log-in are told as `wrongTime`. Source: bitgin: Login, the samples.
    """
    path = getattr(request, "path", "")
    status, code = status_of(error), number_of(error, path)
    failures = error.facts.get("failures") if error.slug in WRONG_TIMES else None
    data = None if failures is None else {"wrongTime": failures}
    message = TEXTS[code] if code in TEXTS else _sentence(error)
    if path.endswith(IMAGE_DOORS) and isinstance(error, TooLarge | InvalidInput):
        status, message = 400, _of_upload(error) or message
    body = {
        "code": code,
        "msg": message if data is None and error.slug not in WITHOUT_WORDS else None,
        "time": milliseconds(now()),
        "data": data,
        "success": False,
    }
    headers = {"WWW-Authenticate": "Signature"} if status == 401 else {}
    if waits := error.facts.get("retry_after"):
        headers["Retry-After"] = str(waits)
    return WireError(status=status, body=body, headers=headers)


def _of_upload(error: DomainError) -> str:
    """What is wrong with an upload, where the document has a sentence for it."""
    if isinstance(error, InvalidInput):
        return next((IMAGE_FIELDS[name] for name in error.fields if name in IMAGE_FIELDS), "")
    return FILE_UNFIT


def _sentence(error: DomainError) -> str:
    """What is the matter; of an input the first reason alone, `[empty loginName]` where nothing was given.

    Source: bitgin: 2FA Verify.
    """
    if isinstance(error, NotSignedIn):
        return TOKEN_OVER
    if error.slug in SENTENCES:
        return SENTENCES[error.slug]
    if not isinstance(error, InvalidInput):
        return error.detail
    name, reason = next(((name, texts[0]) for name, texts in error.fields.items() if texts), ("", error.detail))
    return f"[empty {name}]" if reason in EMPTY else f"{name or 'body'}: {reason}"[:SENTENCE_LENGTH_MAX]


BITGIN = register(
    Dialect(
        name="bitgin",
        prefixes=("/v1/", "/bitgin/", "/api/v3.2/", "/spot/api/v3.2/"),
        authenticators=(
            "apikeys.api.authentication.BtseKeyAuthentication",
            "accounts.api.bitgin.authentication.BitginSessionAuthentication",
        ),
        refuse=refuse,
        status_of=status_of,
        envelope=envelope,
        envelope_shape=envelope_shape,
        refusal_shape="BitginRefusal",
        refusal_media_type="application/json",
        session_scheme="bitginSession",
        key_scheme="bitginKey",
        key_rates=KeyRates(per_key="15/s", per_owner="30/s"),
        seconds_max=SECONDS_MAX,
    )
)


class BitginView(DialectView):
    """Bitgin's endpoints stand on this. Its clients send JSON, forms and multipart forms."""

    dialect = BITGIN
    body_forms: ClassVar[tuple[str, ...]] = ("json", "loose_form", "multipart")
    renderer_classes = [ExactJSONRenderer]
