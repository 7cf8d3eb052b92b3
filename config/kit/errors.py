"""Refusals: classes with a stable slug, an English message and typed facts; nothing here knows HTTP."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar, dataclass_transform


class Kind(StrEnum):
    """What sort of "no" a refusal is. A dialect without a number of its own for a slug speaks by kind."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    ABSENT = "absent"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    UNPROCESSABLE = "unprocessable"
    LIMITED = "limited"
    UNAVAILABLE = "unavailable"


PROBLEM_MEMBERS = {"type", "title", "status", "detail"}
"""Words that a fact can't have: RFC 9457 gives them a meaning."""
REGISTRY: dict[str, type[DomainError]] = {}
"""Every refusal by slug; the dialects' tables and the documentation are checked against it."""


@dataclass_transform(kw_only_default=True)
class DomainError(Exception):
    """A refusal of the domain.

    A subclass names its `slug`, `kind` and `message` and declares its facts as annotated fields:

        class WrongPassword(DomainError):
            slug = "accounts.wrong_password"
            kind = Kind.UNAUTHENTICATED
            message = "The name or the password is wrong."
            failures: int = 0

    Facts leave on the wire. They never hold a secret or personal data. `field` is the input field that the
    refusal speaks of, where there is one. A fact called `retry_after` (seconds) becomes a Retry-After header.
    `example` gives facts to show the refusal with.
    """

    slug: ClassVar[str] = ""
    kind: ClassVar[Kind] = Kind.INVALID
    message: ClassVar[str] = ""
    field: ClassVar[str | None] = None
    example: ClassVar[Mapping[str, Any]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        dataclasses.dataclass(kw_only=True, eq=False, repr=False)(cls)
        if taken := PROBLEM_MEMBERS & {fact.name for fact in dataclasses.fields(cls)}:  # type: ignore[arg-type]  # made a dataclass one line above
            raise TypeError(f"{cls.__qualname__}: facts can't be called {sorted(taken)}: a problem document says so itself")
        if "slug" not in cls.__dict__:
            return  # a family of refusals without a slug of its own
        known = REGISTRY.get(cls.slug)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"two refusals share the slug {cls.slug!r}")
        REGISTRY[cls.slug] = cls

    def __post_init__(self) -> None:
        Exception.__init__(self, self.slug)

    @property
    def facts(self) -> dict[str, Any]:
        """The typed facts of this refusal, by name."""
        own = dataclasses.fields(self)  # type: ignore[arg-type]  # __init_subclass__ makes each subclass a dataclass
        return {fact.name: getattr(self, fact.name) for fact in own}

    @property
    def detail(self) -> str:
        """The English sentence, with the facts filled in."""
        told = {name: ", ".join(map(str, value)) if isinstance(value, list) else value for name, value in self.facts.items()}
        return self.message.format(**told)

    def __str__(self) -> str:
        return f"{self.slug}: {self.detail}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.facts.items())})"


class InvalidInput(DomainError):
    """The shape of the input is wrong; `fields` tells each field's reasons, "" those of the whole body."""

    slug = "api.invalid"
    kind = Kind.INVALID
    message = "The input is not valid."
    fields: dict[str, list[str]] = dataclasses.field(default_factory=dict)


class MalformedBody(DomainError):
    """The body could not be read at all."""

    slug = "api.malformed"
    kind = Kind.INVALID
    message = "The body can't be read: {reason}."
    example = {"reason": "it is no JSON"}
    reason: str


class NotSignedIn(DomainError):
    """No credential was presented, or it is not (or no longer) good."""

    slug = "api.not_signed_in"
    kind = Kind.UNAUTHENTICATED
    message = "Sign in first."


class LevelTooLow(DomainError):
    """The session is good but has not shown enough for this act."""

    slug = "api.level_too_low"
    kind = Kind.FORBIDDEN
    message = "This needs a session of level {required}; this one has {level}."
    example = {"level": "pre2fa", "required": "full"}
    level: str
    required: str


class NotFresh(DomainError):
    """The act needs a sign-in of the last minutes; `methods` says which second factors make the session fresh again.

    Where there is none, only signing in anew does.
    """

    slug = "api.not_fresh"
    kind = Kind.FORBIDDEN
    message = "This needs a fresh sign-in."
    methods: list[str] = dataclasses.field(default_factory=list)
    fresh_sign_in: bool = True


class ScopeMissing(DomainError):
    """The API key may not do this."""

    slug = "api.scope_missing"
    kind = Kind.FORBIDDEN
    message = "The API key lacks the scope that this needs."
    example = {"required": "withdraw"}
    required: str


class KeyRequired(DomainError):
    """This is for signed API keys; a session asks for the same elsewhere."""

    slug = "api.key_required"
    kind = Kind.FORBIDDEN
    message = "This is for requests that are signed by an API key."


class Absent(DomainError):
    """There is no such thing, or it belongs to somebody else: the two answer alike."""

    slug = "api.absent"
    kind = Kind.ABSENT
    message = "There is no such {thing}."
    example = {"thing": "resource"}
    thing: str = "resource"


class UnknownPath(Absent):
    """Nothing is served at this path. A dialect that answers an absent thing with 200 still answers this with 404."""

    thing: str = "page"


class MethodNotAllowed(DomainError):
    """The path is known, the method is not."""

    slug = "api.method_not_allowed"
    kind = Kind.INVALID
    message = "The method {method} is not allowed here."
    example = {"method": "PATCH"}
    method: str


class FetchedAhead(MethodNotAllowed):
    """A browser, or what scans mails, asked for an address that acts before anybody opened it."""

    message = "This address acts: it is opened, not fetched ahead."
    method: str = "GET"


class UnsupportedMedia(DomainError):
    """The body comes in a media type that this operation does not read."""

    slug = "api.unsupported_media"
    kind = Kind.INVALID
    message = "The media type {media_type} is not read here."
    example = {"media_type": "text/plain"}
    media_type: str


class NotAcceptable(DomainError):
    """The client accepts no media type that we write."""

    slug = "api.not_acceptable"
    kind = Kind.INVALID
    message = "None of the accepted media types can be written."


class TooLarge(DomainError):
    """The body is over the limit."""

    slug = "api.too_large"
    kind = Kind.TOO_LARGE
    message = "The body is larger than {bytes_max} bytes."
    example = {"bytes_max": 1_048_576}
    bytes_max: int


class Throttled(DomainError):
    """Too many requests."""

    slug = "api.throttled"
    kind = Kind.LIMITED
    message = "Too many requests. Try again in {retry_after} s."
    retry_after: int


class Unavailable(DomainError):
    """Something that the request needs does not answer now; nothing was changed."""

    slug = "api.unavailable"
    kind = Kind.UNAVAILABLE
    message = "The service is not available now. Try again in {retry_after} s."
    retry_after: int = 5


class TimedOut(Unavailable):
    """The request took too long and was stopped before it changed anything; a dialect may tell it apart."""

    message = "This took too long and was stopped; nothing was changed. Try again in {retry_after} s."


class Unexpected(DomainError):
    """A defect of ours. It is logged with the request's id."""

    slug = "api.unexpected"
    kind = Kind.UNAVAILABLE
    message = "Something went wrong on our side."
    request_id: str = ""
