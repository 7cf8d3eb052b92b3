"""A dialect is one API that we speak: its envelope, its words for refusals, its authenticators, its paths."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse

from config.kit import counters
from config.kit.context import CodeTerms
from config.kit.errors import DomainError


@dataclass(frozen=True)
class WireError:
    """One refusal as it leaves: HTTP status, body, headers."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    forgotten_cookies: tuple[str, ...] = ()
    """Cookies that the client is told to drop."""

    def forget_cookies(self, response: HttpResponse) -> None:
        """Tell it."""
        for name in self.forgotten_cookies:
            response.delete_cookie(name, samesite="Lax")


def bare(body: Any) -> Any:
    """The envelope of a dialect that has none."""
    return body


@dataclass(frozen=True)
class KeyRates:
    """How often a dialect's signed requests may come, as django-ratelimit writes it (`15/s`); None for no limit."""

    per_key: str | None = None
    per_owner: str | None = None
    per_address_and_endpoint: str | None = None


@dataclass(frozen=True)
class Dialect:
    """How one API speaks.

    `authenticators` are dotted names of DRF authenticators, resolved late, so that this floor knows no app.
    `refusal_shape` names the schema of a refusal's body and `refusal_media_type` its type, for the description.
    `envelope_shape` says of an answer's schema what `envelope` does to the answer; `session_scheme` and `key_scheme` name
    the security schemes of the description ("": the dialect has none of these). `code_terms` hold for codes that its
    requests ask for.
    `refuse` is the dialect's one error table, `status_of` its HTTP status for a class of refusals. `prefixes` are
    the paths it owns, errors on unknown paths included.
    """

    name: str
    prefixes: tuple[str, ...]
    authenticators: tuple[str, ...]
    refuse: Callable[[DomainError, HttpRequest], WireError]
    status_of: Callable[[type[DomainError]], int]
    envelope: Callable[[Any], Any] = bare
    envelope_shape: Callable[[dict[str, Any]], dict[str, Any]] = bare
    refusal_shape: str = "Problem"
    refusal_media_type: str = "application/problem+json"
    session_scheme: str = "session"
    key_scheme: str = "signedKey"
    key_rates: KeyRates = field(default_factory=KeyRates)
    memory: str = ""
    """Dotted name of the `config.kit.once.Memory` that keeps the answers of idempotent operations, resolved late."""
    code_terms: CodeTerms | None = None
    seconds_max: int | None = None
    """How long a request may work where the document says so; see config.kit.deadline."""


_DIALECTS: list[Dialect] = []


def register(dialect: Dialect) -> Dialect:
    """Make the dialect known as the owner of its paths. Raises ValueError where another owns one of them."""
    for other in _DIALECTS:
        if other.name != dialect.name and set(other.prefixes) & set(dialect.prefixes):
            raise ValueError(f"{dialect.name} and {other.name} claim one path")
    _DIALECTS.append(dialect)
    return dialect


def registered() -> list[Dialect]:
    """All of them."""
    return list(_DIALECTS)


def taking(authenticator: str) -> Dialect | None:
    """The dialect that takes signatures by the authenticator of this dotted name."""
    return next((dialect for dialect in _DIALECTS if authenticator in dialect.authenticators), None)


def owner(path: str) -> Dialect | None:
    """The dialect that owns the path: the longest prefix wins, and a prefix without its last slash is its dialect's too."""
    fitting = [(len(prefix), d) for d in _DIALECTS for prefix in d.prefixes if f"{path}/".startswith(prefix)]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def answer_refusal(dialect: Dialect | None, error: DomainError, request: HttpRequest, *, status: int = 400) -> HttpResponse:
    """The refusal as an answer in the dialect's words; in plain text where no dialect owns the path."""
    if dialect is None:
        plain = {"api.too_large": 413, "api.absent": 404, "api.unavailable": 503, "api.unexpected": 500}
        return HttpResponse(error.detail, status=plain.get(error.slug, status), content_type="text/plain; charset=utf-8")
    counters.count_refusal(dialect=dialect.name, slug=error.slug)
    wire = dialect.refuse(error, request)
    response = HttpResponse(json.dumps(wire.body, ensure_ascii=False), status=wire.status, content_type=wire.content_type)
    for name, value in wire.headers.items():
        response.headers[name] = value
    wire.forget_cookies(response)
    return response
