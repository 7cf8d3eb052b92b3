"""Bhex's voice: bare bodies, refusals as 400 `{"code", "msg"}`. Source: the bhex contract; docs/dialects/bhex.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.http import HttpRequest
from rest_framework.fields import CharField, Field

from config.dialects.bhex.numbers import (
    BAD_REQUEST,
    BY_KIND,
    DISABLED,
    EMAIL_CODE,
    FAILED_RECOVERIES,
    FAILED_SIGN_INS,
    FIELDS,
    FROZEN,
    GA_CODE,
    IDENTITY_PARTS,
    IMAGES,
    KEY_DISABLED,
    LOCKED_RECOVERY,
    NO_EMAIL,
    NO_MOBILE,
    NUMBERS,
    OAUTH_CLIENT,
    OAUTH_CODE,
    OAUTH_ERRORS,
    OAUTH_INVALID,
    OAUTH_REQUEST,
    OAUTH_TOKEN,
    PARAMETER,
    REASONS,
    SIGN_IN,
    SMS_CODE,
    STEP_MISSING,
    STEP_REPEATED,
    TOO_FAST,
    USE_EMAIL,
    USE_MOBILE,
)
from config.dialects.bhex.texts import text_of
from config.kit.context import CodeTerms
from config.kit.dialect import Dialect, WireError, register
from config.kit.errors import DomainError, InvalidInput, UnknownPath
from config.kit.middleware import language_of
from config.kit.views import DialectView

COOKIES = ("au_token", "user_id", "account_id", "c_token")
"""All that a signed-in browser keeps; taken back with each 30000."""
STATUSES = {
    "api.method_not_allowed": 405,
    "api.too_large": 413,
    "api.unavailable": 503,
    "kyc.document_too_large": 413,
    "kyc.imaging_busy": 503,
    "kyc.storage_unavailable": 503,
    "api.unexpected": 500,
}
"""Everything else is 400, and 429 where it is too much; never 403, whose body the web client drops."""
LOCKED = "locked"
"""What a frozen account is called in the refusal of its log-in."""
BY_CHANNEL = {"sms": SMS_CODE, "email": EMAIL_CODE}
EMPTY = frozenset(
    str(text)
    for text in (
        Field.default_error_messages["required"],
        Field.default_error_messages["null"],
        CharField.default_error_messages["blank"],
    )
)
"""How a field says that nothing was given."""


def number_of(error: DomainError) -> int:
    """The number of a refusal."""
    if isinstance(error, InvalidInput):
        return _of_input(error)
    if isinstance(error, UnknownPath):
        return BAD_REQUEST
    failures = error.facts.get("failures")
    if error.slug in {"accounts.wrong_credentials", "accounts.sign_in_locked"}:
        locked = error.slug == "accounts.sign_in_locked"
        return FAILED_SIGN_INS[-1] if locked else _counted(FAILED_SIGN_INS, failures)
    if error.slug in {"accounts.recovery_code_wrong", "accounts.recovery_proof_wrong", "accounts.recovery_locked"}:
        if error.slug == "accounts.recovery_locked":
            return _counted(FAILED_RECOVERIES, max((failures or 0) + 1, LOCKED_RECOVERY))
        return _counted(FAILED_RECOVERIES, failures)
    if error.slug in {"messaging.wrong_code", "messaging.code_expired"}:
        return BY_CHANNEL.get(error.facts.get("channel", ""), GA_CODE)
    by_facts = BY_FACTS.get(error.slug)
    return by_facts(error.facts) if by_facts else NUMBERS.get(error.slug, BY_KIND[error.kind])


def _counted(numbers: tuple[int, ...], failures: int | None) -> int:
    return numbers[min(max(failures or 1, 1), len(numbers)) - 1]


def _image(facts: Mapping[str, Any]) -> int:
    """Of the first image that is missing or can't be used."""
    named = [facts.get("document_kind"), *facts.get("kinds", ())]
    return next((IMAGES[kind] for kind in named if kind in IMAGES), STEP_MISSING)


def _application_request(facts: Mapping[str, Any]) -> int:
    """What is wrong with an application's request; the application itself where its address is not known to be its own."""
    return OAUTH_ERRORS.get(facts["error"], OAUTH_INVALID) if facts["redirect_to"] else OAUTH_CLIENT


def _taken(facts: Mapping[str, Any]) -> int:
    """Of an address that another account has."""
    return NUMBERS["accounts.email_taken"] if facts["channel"] == "email" else NUMBERS["accounts.phone_taken"]


BY_FACTS: dict[str, Callable[[Mapping[str, Any]], int]] = {
    "api.absent": lambda facts: OAUTH_REQUEST if facts["thing"] == "request" else PARAMETER,
    "accounts.oauth_request_refused": _application_request,
    "oauth.refused": lambda facts: OAUTH_CODE if facts["error"] == "invalid_grant" else OAUTH_TOKEN,
    "kyc.image_absent": _image,
    "kyc.upload_used": _image,
    "kyc.documents_missing": _image,
    "kyc.identity_invalid": lambda facts: IDENTITY_PARTS.get(facts["name"], PARAMETER),
    "flow.illegal_move": lambda facts: KEY_DISABLED if facts["flow"] == "API key" else STEP_REPEATED,
    "accounts.recovery_order_due": lambda facts: USE_EMAIL if facts["channel"] == "email" else USE_MOBILE,
    "accounts.contact_taken": _taken,
    "accounts.already_registered": _taken,
    "accounts.destination_missing": lambda facts: NO_EMAIL if facts["channel"] == "email" else NO_MOBILE,
    "accounts.account_stopped": lambda facts: FROZEN if facts["account_status"] == LOCKED else DISABLED,
}
"""Slugs whose number depends on what the refusal tells."""


def _of_input(error: InvalidInput) -> int:
    """By the first field that is wrong, in the order of the document."""
    for name, reasons in error.fields.items():
        if said := next((reason for reason in reasons if reason in REASONS), None):
            return REASONS[said]
        if name in FIELDS and reasons:
            return FIELDS[name][0 if EMPTY & set(reasons) else 1]
    return PARAMETER


def status_of(error: DomainError | type[DomainError]) -> int:
    """The HTTP status with which this refusal leaves."""
    kind = error if isinstance(error, type) else type(error)
    if issubclass(kind, UnknownPath):
        return 404
    if error.slug in STATUSES:
        return STATUSES[error.slug]
    return 429 if NUMBERS.get(error.slug) == TOO_FAST else 400


def refuse(error: DomainError, request: HttpRequest) -> WireError:
    """The refusal in bhex's words, with the number in a header too, and Retry-After where waiting helps."""
    number = number_of(error)
    headers = {"error_code": str(number)}
    if waits := error.facts.get("retry_after"):
        headers["Retry-After"] = str(waits)
    return WireError(
        status=status_of(error),
        body={"code": number, "msg": text_of(number, language_of(request))},
        headers=headers,
        forgotten_cookies=COOKIES if number == SIGN_IN else (),
    )


BHEX = register(
    Dialect(
        name="bhex",
        prefixes=(
            "/api/user/",
            "/mapi/user/",
            "/user/",
            "/api/oauth2/",
            "/api/common/",
            "/api/basic/",
            "/s_api/",
            "/os/",
            "/api/os/",
        ),
        authenticators=("accounts.api.bhex.authentication.BhexSessionAuthentication",),
        refuse=refuse,
        status_of=status_of,
        refusal_shape="BhexRefusal",
        refusal_media_type="application/json",
        session_scheme="bhexSession",
        key_scheme="",
        code_terms=CodeTerms(lifetime_seconds=600, attempts=5),
    )
)


class BhexView(DialectView):
    """Bhex's endpoints stand on this. Its clients send unescaped forms, multipart forms and JSON."""

    dialect = BHEX
    body_forms: ClassVar[tuple[str, ...]] = ("loose_form", "multipart", "json")
