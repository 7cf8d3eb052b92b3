"""Exx's voice: `{"resMsg": {"code", "message"}, "datas"}`, code "1000" where all is well. Source: exx 返回规范."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config.dialects.exx.texts import BY_SLUG, SUCCESS, TEXTS, TODAY, in_language
from config.kit.context import CodeTerms
from config.kit.dialect import Dialect, WireError, register
from config.kit.errors import DomainError, InvalidInput, Kind, UnknownPath
from config.kit.middleware import language_of
from config.kit.views import DialectView

WELL, GENERAL, SIGN_IN, SAFE_PASSWORD, PASSWORD = 1000, 1001, 1003, 1005, 1008
PLACE, GOOGLE, BOTH, CAPTCHA, NOT_ACTIVATED, SET_SAFE_PASSWORD = 1017, 1018, 1020, 1024, 1025, 1026
NO_USER, PARAMETER, TOO_FAST, LOCKED = 3004, 3005, 4002, 4003
NUMBERS: dict[str, int] = {
    "api.invalid": PARAMETER,
    "api.malformed": PARAMETER,
    "api.not_signed_in": SIGN_IN,
    "api.level_too_low": SIGN_IN,
    "api.not_fresh": PARAMETER,
    "api.scope_missing": GENERAL,
    "api.key_required": GENERAL,
    "api.absent": GENERAL,
    "api.method_not_allowed": PARAMETER,
    "api.unsupported_media": PARAMETER,
    "api.not_acceptable": PARAMETER,
    "api.too_large": PARAMETER,
    "api.throttled": TOO_FAST,
    "api.unavailable": GENERAL,
    "api.unexpected": GENERAL,
    "accounts.cross_site": GENERAL,
    "accounts.credentials_disagree": SIGN_IN,
    "accounts.credentials_changed": SIGN_IN,
    "accounts.wrong_credentials": PASSWORD,
    "accounts.sign_in_locked": LOCKED,
    "accounts.address_locked": LOCKED,
    "accounts.account_stopped": LOCKED,
    "accounts.factor_not_served": GENERAL,
    "accounts.second_factor_required": PARAMETER,
    "accounts.password_due": GENERAL,
    "accounts.second_factor_not_due": GENERAL,
    "accounts.already_registered": PARAMETER,
    "accounts.email_taken": PARAMETER,
    "accounts.phone_taken": PARAMETER,
    "accounts.account_unknown": NO_USER,
    "accounts.phone_country_closed": PARAMETER,
    "accounts.password_refused": PARAMETER,
    "accounts.passwords_equal": PARAMETER,
    "accounts.trade_password_refused": PARAMETER,
    "accounts.trade_password_already_set": GENERAL,
    "accounts.trade_password_missing": SET_SAFE_PASSWORD,
    "accounts.trade_password_wrong": SAFE_PASSWORD,
    "accounts.trade_password_locked": LOCKED,
    "accounts.destination_missing": GENERAL,
    "accounts.authenticator_due": GENERAL,
    "messaging.invalid_email": PARAMETER,
    "messaging.invalid_phone": PARAMETER,
    "messaging.channel_invalid": GENERAL,
    "messaging.too_many_codes": TOO_FAST,
    "messaging.wrong_code": GENERAL,
    "messaging.code_expired": GENERAL,
    "messaging.too_many_attempts": LOCKED,
    "messaging.captcha_required": CAPTCHA,
    "messaging.captcha_wrong": CAPTCHA,
    "messaging.captcha_unavailable": CAPTCHA,
    "messaging.too_many_captchas": TOO_FAST,
}
"""Slug → number."""
BY_KIND = {
    Kind.INVALID: PARAMETER,
    Kind.UNAUTHENTICATED: SIGN_IN,
    Kind.FORBIDDEN: GENERAL,
    Kind.ABSENT: GENERAL,
    Kind.CONFLICT: GENERAL,
    Kind.TOO_LARGE: PARAMETER,
    Kind.UNPROCESSABLE: GENERAL,
    Kind.LIMITED: TOO_FAST,
    Kind.UNAVAILABLE: GENERAL,
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
SECRETS = frozenset(
    {"password", "loginPwd", "newSafePwd", "safePwd", "dynamicCode", "googleCode", "mobileNumber", "email", "userName"}
)
"""What must not stand in an address, whose text is kept by servers and proxies on the way."""
CODES = CodeTerms(
    lifetime_seconds=600, attempts=3, sends_per_purpose_per_day=20, sends_per_address_per_day=16, wrong_codes_per_day=3
)
"""Source: gaps.md, exx, "sendCode"."""
PAUSE_SECONDS = 60
"""Between two codes; who has to wait longer used up what one may have in an hour or a day."""


def session_cookie() -> str:
    """The cookie that scripts can't read."""
    return f"{settings.EXX_COOKIE_PREFIX}JSESSIONID"


def shown_cookies() -> tuple[str, str, str]:
    """The cookies that pages read: state, uid and name. Nothing is believed of what they say."""
    prefix = settings.EXX_COOKIE_PREFIX
    return f"{prefix}uon", f"{prefix}uid", f"{prefix}uname"


def message(number: int, said: str) -> dict[str, str]:
    """`resMsg`."""
    return {"code": str(number), "message": said}


def envelope(datas: Any) -> dict[str, Any]:
    """The answer, wrapped. Source: exx 返回规范, the sample."""
    return {"resMsg": message(WELL, SUCCESS), "datas": datas}


def envelope_shape(datas: dict[str, Any]) -> dict[str, Any]:
    """The schema of a wrapped answer."""
    words = {"code": {"type": "string", "const": str(WELL)}, "message": {"type": "string", "const": SUCCESS}}
    told = {"type": "object", "required": ["code", "message"], "properties": words}
    return {"type": "object", "required": ["resMsg", "datas"], "properties": {"resMsg": told, "datas": datas}}


def number_of(error: DomainError) -> int:
    """The number of a refusal."""
    if error.slug == "api.level_too_low" and error.facts.get("level") == "low":
        return NOT_ACTIVATED
    return NUMBERS.get(error.slug, BY_KIND[error.kind])


def status_of(error: DomainError | type[DomainError]) -> int:
    """The HTTP status with which this refusal leaves."""
    kind = error if isinstance(error, type) else type(error)
    return 404 if issubclass(kind, UnknownPath) else STATUSES.get(error.slug, 200)


def refuse(error: DomainError, request: HttpRequest) -> WireError:
    """The refusal in exx's words, with Retry-After where waiting helps."""
    number, waits = number_of(error), error.facts.get("retry_after")
    said = BY_SLUG.get(error.slug, TEXTS[number])
    if error.slug == "messaging.too_many_codes" and (waits or 0) > PAUSE_SECONDS:
        said = TODAY
    return WireError(
        status=status_of(error),
        body={"resMsg": message(number, in_language(said, language_of(request))), "datas": {}},
        headers={"Retry-After": str(waits)} if waits else {},
        forgotten_cookies=shown_cookies() if number == SIGN_IN else (),
    )


EXX = register(
    Dialect(
        name="exx",
        prefixes=("/api/web/v2_2/",),
        authenticators=("accounts.api.exx.authentication.ExxSessionAuthentication",),
        refuse=refuse,
        status_of=status_of,
        envelope=envelope,
        envelope_shape=envelope_shape,
        refusal_shape="ExxRefusal",
        refusal_media_type="application/json",
        session_scheme="exxSession",
        key_scheme="",
        code_terms=CODES,
    )
)


class ExxView(DialectView):
    """Exx's endpoints stand on this. Its clients send forms, multipart forms and JSON."""

    dialect = EXX
    body_forms: ClassVar[tuple[str, ...]] = ("loose_form", "multipart", "json")

    def _serve(self) -> HttpResponseBase:
        """Refuse secrets in the address before anything else."""
        if said := SECRETS & set(self.request.query_params):
            raise InvalidInput(fields={name: ["It belongs into the body."] for name in sorted(said)})
        return super()._serve()
