"""What a view declares of each of its methods: needs, input, output, refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.serializers import BaseSerializer

from config.kit import once
from config.kit.credentials import LEVELS, Credential
from config.kit.errors import DomainError
from config.kit.paging import Keyset

Method = TypeVar("Method", bound=Callable[..., Any])


ANY_SCOPE = "any"


@dataclass(frozen=True)
class ScopeBy:
    """One address for several acts: the word of this input field decides which scope a key needs."""

    field: str
    scopes: Mapping[str, str]


@dataclass(frozen=True)
class Needs:
    """What a caller must show. Nothing is open unless it says `login=False`.

    `level` is the session's level at the least, `fresh` asks for a proof of the last minutes. A signed API key is
    taken only where `scope` is set and the key has it; ANY_SCOPE takes every key, `scope_by` asks the input. `optional`
    reads a credential where one is shown, `keys_only` takes signed keys and no sessions. With `forgiving` (and `optional`)
    a session that is over, or of too low a level, is as none, and so is a key where no scope opens anything.
    """

    login: bool = True
    level: str = "full"
    fresh: bool = False
    scope: str | None = None
    scope_by: ScopeBy | None = None
    optional: bool = False
    keys_only: bool = False
    forgiving: bool = False

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"no session level {self.level!r}")

    def of(self, data: Mapping[str, Any]) -> Needs:
        """What this input needs."""
        if self.scope_by is None:
            return self
        return replace(self, scope=self.scope_by.scopes.get(str(data.get(self.scope_by.field))), scope_by=None)


@dataclass(frozen=True)
class Operation:
    """One method of one view, as declared."""

    needs: Needs
    input: type[BaseSerializer[Any]] | None = None
    query: type[BaseSerializer[Any]] | None = None
    output: type[BaseSerializer[Any]] | None = None
    status: int = 200
    many: bool = False
    is_nullable: bool = False
    """Whether an answer may be null instead, where a document says so of who is not signed in."""
    page: Keyset | None = None
    refusals: tuple[type[DomainError], ...] = ()
    rate: str | None = None
    parsers: tuple[str, ...] = ()
    """The forms of body that it reads; empty for those that the dialect reads everywhere."""
    summary: str = ""
    also: Mapping[int, Any] = field(default_factory=dict)
    """Further answers by status, each with its serializer: a 202 beside a 201."""
    bare: bool = False
    """Whether the answer leaves without the dialect's envelope, where its document shows it so."""
    envelope: Callable[[Any], Any] | None = None
    """The envelope of this answer where its document shows other words in it than the dialect's usual ones."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers that the operation reads itself, each with its description."""
    media_types: tuple[str, ...] = ()
    """What an answer that is a file may be; it then leaves as the view made it."""
    spool_bytes_max: int | None = None
    """Bytes of the one file that this operation takes outside memory. Its body is not read before the sender is known."""
    idempotent: bool = False
    """Whether an `Idempotency-Key` makes it happen once. The answer is kept (sealed): it holds no secret shown once."""
    acts_by_get: bool = False
    """Whether a GET changes something, because its document says so: a HEAD and a fetch ahead then never reach it."""

    @property
    def only_reads(self) -> bool:
        """Whether a key that may do no more than read is enough."""
        return self.needs.scope in {"read", ANY_SCOPE}


def operation(*, needs: Needs, **declared: Any) -> Callable[[Method], Method]:
    """Declare a method of a DialectView. See Operation for the words."""
    if declared.get("idempotent"):
        words = "The same key with the same body answers the same again, with `Idempotency-Replayed: true`."
        declared["headers"] = {**declared.get("headers", {}), once.HEADER: words}
        declared["refusals"] = (*declared.get("refusals", ()), *once.REFUSALS)
    made = Operation(needs=needs, **declared)

    def mark(method: Method) -> Method:
        method.operation = made  # type: ignore[attr-defined]  # read by DialectView when its class is made
        return method

    return mark


@dataclass(frozen=True)
class Call:
    """One request, read and checked: all that a view hands on to a service."""

    user: Any
    credential: Credential | None
    input: dict[str, Any]
    query: dict[str, Any]
    path: dict[str, str]
    ip: str
    language: str
    user_agent: str
    idempotency_key: str | None
    request: HttpRequest


@dataclass(frozen=True, repr=False)
class Cookie:
    """A cookie of an answer: for this host alone, over TLS in production, not sent along by other sites' pages.

    `max_age` is in seconds; 0 takes the cookie back. Scripts can read it only where `http_only` is off.
    """

    name: str
    value: str
    max_age: int
    http_only: bool = True
    path: str = "/"

    def put(self, response: HttpResponseBase) -> None:
        """Let the answer carry it."""
        response.set_cookie(
            self.name,
            self.value,
            max_age=self.max_age,
            path=self.path,
            httponly=self.http_only,
            secure=settings.PRODUCTION,
            samesite="Lax",
        )


@dataclass(frozen=True)
class Answer:
    """An answer that differs from what the operation declares: another status, headers or cookies."""

    body: Any
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    output: type[BaseSerializer[Any]] | None = None
    cookies: tuple[Cookie, ...] = ()
