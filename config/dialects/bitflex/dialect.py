"""Bitflex's voice: `{"code", "message", "data"}`, code 0 where all is well, always 200.

Source: the bitflex contract (登录接口配置); gaps.md, bitflex.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest

from config.dialects.bitflex.texts import text_of
from config.kit.dialect import Dialect, WireError, register
from config.kit.errors import DomainError, Kind, UnknownPath
from config.kit.middleware import language_of
from config.kit.views import DialectView

PARAMETER, CAPTCHA, SIGN_IN, TOO_FAST, NOT_ALLOWED, NOT_FOUND, CODE, DEFECT = (
    4000, 4001, 4010, 4029, 4030, 4040, 4100, 5000,
)  # fmt: skip
NUMBERS: dict[str, int] = {
    "api.invalid": PARAMETER,
    "api.malformed": PARAMETER,
    "api.not_signed_in": SIGN_IN,
    "api.level_too_low": SIGN_IN,
    "api.not_fresh": NOT_ALLOWED,
    "api.scope_missing": NOT_ALLOWED,
    "api.key_required": NOT_ALLOWED,
    "api.absent": NOT_FOUND,
    "api.method_not_allowed": PARAMETER,
    "api.unsupported_media": PARAMETER,
    "api.not_acceptable": PARAMETER,
    "api.too_large": PARAMETER,
    "api.throttled": TOO_FAST,
    "api.unavailable": DEFECT,
    "api.unexpected": DEFECT,
    "accounts.cross_site": NOT_ALLOWED,
    "accounts.credentials_disagree": SIGN_IN,
    "messaging.captcha_required": CAPTCHA,
    "messaging.captcha_wrong": CAPTCHA,
    "messaging.captcha_unavailable": CAPTCHA,
    "messaging.captcha_kind_unknown": CAPTCHA,
    "messaging.too_many_captchas": TOO_FAST,
    "messaging.too_many_codes": TOO_FAST,
    "messaging.too_many_attempts": TOO_FAST,
    "messaging.wrong_code": CODE,
    "messaging.code_expired": CODE,
    "messaging.channel_invalid": PARAMETER,
    "messaging.invalid_email": PARAMETER,
    "messaging.invalid_phone": PARAMETER,
    "accounts.phone_country_closed": NOT_ALLOWED,
    "accounts.email_taken": NOT_ALLOWED,
    "accounts.phone_taken": NOT_ALLOWED,
    "accounts.contact_taken": NOT_ALLOWED,
    "accounts.account_unknown": NOT_FOUND,
    "accounts.contact_unchanged": PARAMETER,
    "accounts.contact_not_bound": NOT_ALLOWED,
    "accounts.destination_missing": NOT_ALLOWED,
    "accounts.authenticator_due": NOT_ALLOWED,
    "accounts.not_for_sub_accounts": NOT_ALLOWED,
    "accounts.purpose_elsewhere": NOT_ALLOWED,
    "accounts.waiting_session_invalid": SIGN_IN,
    "accounts.second_factor_not_due": SIGN_IN,
    "accounts.second_factor_required": CODE,
    "accounts.factor_not_served": NOT_ALLOWED,
    "accounts.wrong_credentials": SIGN_IN,
    "accounts.sign_in_locked": TOO_FAST,
    "accounts.address_locked": TOO_FAST,
    "accounts.account_stopped": NOT_ALLOWED,
    "accounts.credentials_changed": SIGN_IN,
}
"""Slug → number."""
BY_KIND = {
    Kind.INVALID: PARAMETER,
    Kind.UNAUTHENTICATED: SIGN_IN,
    Kind.FORBIDDEN: NOT_ALLOWED,
    Kind.ABSENT: NOT_FOUND,
    Kind.CONFLICT: NOT_ALLOWED,
    Kind.TOO_LARGE: PARAMETER,
    Kind.UNPROCESSABLE: PARAMETER,
    Kind.LIMITED: TOO_FAST,
    Kind.UNAVAILABLE: DEFECT,
}
"""What a refusal without a number of its own says."""
STATUSES = {
    "api.method_not_allowed": 405,
    "api.too_large": 413,
    "api.throttled": 429,
    "api.unavailable": 503,
    "api.unexpected": 500,
}
"""What concerns the carriage of a request has HTTP's word for it; everything else is 200."""


def envelope(data: Any) -> dict[str, Any]:
    """The answer, wrapped. Source: bitflex: 发送邮箱验证码, the sample."""
    return {"code": 0, "message": "ok", "data": data}


def envelope_shape(data: dict[str, Any]) -> dict[str, Any]:
    """The schema of a wrapped answer."""
    words = {"code": {"type": "integer", "const": 0}, "message": {"type": "string", "const": "ok"}}
    return {"type": "object", "required": ["code", "message", "data"], "properties": {**words, "data": data}}


def status_of(error: DomainError | type[DomainError]) -> int:
    """The HTTP status with which this refusal leaves."""
    kind = error if isinstance(error, type) else type(error)
    return 404 if issubclass(kind, UnknownPath) else STATUSES.get(error.slug, 200)


def refuse(error: DomainError, request: HttpRequest) -> WireError:
    """The refusal in bitflex's words, with Retry-After where waiting helps."""
    number = NUMBERS.get(error.slug, BY_KIND[error.kind])
    waits = error.facts.get("retry_after")
    return WireError(
        status=status_of(error),
        body={"code": number, "message": text_of(number, language_of(request)), "data": None},
        headers={"Retry-After": str(waits)} if waits else {},
    )


BITFLEX = register(
    Dialect(
        name="bitflex",
        prefixes=("/v1/message/", "/v1/user/message/", "/v1/country/", "/v1/login/verify"),
        authenticators=("accounts.api.bitflex.authentication.BitflexSessionAuthentication",),
        refuse=refuse,
        status_of=status_of,
        envelope=envelope,
        envelope_shape=envelope_shape,
        refusal_shape="BitflexRefusal",
        refusal_media_type="application/json",
        session_scheme="bitflexSession",
        key_scheme="",
    )
)


class BitflexView(DialectView):
    """Bitflex's endpoints stand on this. Its clients send JSON, forms and multipart forms."""

    dialect = BITFLEX
    body_forms: ClassVar[tuple[str, ...]] = ("json", "loose_form", "multipart")
