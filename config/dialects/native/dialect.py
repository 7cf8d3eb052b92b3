"""The native dialect's voice: bare JSON bodies, refusals as RFC 9457 problem details."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from config.kit.dialect import Dialect, KeyRates, WireError, register
from config.kit.errors import DomainError, InvalidInput, Kind
from config.kit.views import DialectView

PROBLEM_MEDIA_TYPE = "application/problem+json"
STATUS = {
    Kind.INVALID: (400, "Bad request"),
    Kind.UNAUTHENTICATED: (401, "Not authenticated"),
    Kind.FORBIDDEN: (403, "Forbidden"),
    Kind.ABSENT: (404, "Not found"),
    Kind.CONFLICT: (409, "Conflict"),
    Kind.TOO_LARGE: (413, "Content too large"),
    Kind.UNPROCESSABLE: (422, "Unprocessable"),
    Kind.LIMITED: (429, "Too many requests"),
    Kind.UNAVAILABLE: (503, "Unavailable"),
}
BY_SLUG = {
    "api.method_not_allowed": (405, "Method not allowed"),
    "api.unsupported_media": (415, "Unsupported media type"),
    "api.unexpected": (500, "Internal error"),
}
"""The slugs whose status is not that of their kind."""


def status_of(error: DomainError | type[DomainError]) -> int:
    """The HTTP status with which this refusal leaves."""
    return BY_SLUG.get(error.slug, STATUS[error.kind])[0]


def problem(error: DomainError, request: HttpRequest) -> WireError:
    """The refusal as a problem document: RFC 9457, sections 3.1 and 3.2.

    Members of our own: `slug`, `fields` (reasons by input field, where the refusal speaks of one) and the facts.
    """
    status, title = BY_SLUG.get(error.slug, STATUS[error.kind])
    facts: dict[str, Any] = error.facts
    fields = facts.pop("fields", {})
    if error.field and not fields:
        fields = {error.field: [error.detail]}
    detail = _sentence(error) if isinstance(error, InvalidInput) else error.detail
    body = {
        **facts,
        "type": f"urn:quaestor:problem:{error.slug}",
        "title": title,
        "status": status,
        "slug": error.slug,
        "detail": detail,
        "fields": fields,
    }
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if facts.get("retry_after"):
        headers["Retry-After"] = str(facts["retry_after"])
    return WireError(status=status, body=body, headers=headers, content_type=PROBLEM_MEDIA_TYPE)


def _sentence(error: InvalidInput) -> str:
    reasons = [f"{name or 'body'}: {texts[0]}" for name, texts in error.fields.items() if texts]
    return f"{error.detail} {' '.join(reasons)}".strip()[:1000]


NATIVE = register(
    Dialect(
        name="native",
        prefixes=("/api/v1/",),
        authenticators=(
            "apikeys.api.authentication.SignedKeyAuthentication",
            "accounts.api.authentication.SessionAuthentication",
        ),
        refuse=problem,
        status_of=status_of,
        memory="accounts.services.keyed_requests.MEMORY",
        key_rates=KeyRates(per_key=settings.API_KEY_RATE_PER_KEY, per_owner=settings.API_KEY_RATE_PER_CUSTOMER),
    )
)


class NativeView(DialectView):
    """The native dialect's endpoints stand on this."""

    dialect = NATIVE
