"""What the current request is, for logs and evidence, without passing the request through services."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class CodeTerms:
    """How long a code lives and how many attempts it takes, where a dialect documents other numbers than ours.

    What it documents beside ours holds too: codes of one purpose to one destination in 24 hours, codes for one network
    address in 24 hours, and wrong codes in 24 hours after which none is looked at.
    """

    lifetime_seconds: int
    attempts: int
    sends_per_purpose_per_day: int | None = None
    sends_per_address_per_day: int | None = None
    wrong_codes_per_day: int | None = None


_code_terms: ContextVar[CodeTerms | None] = ContextVar("code_terms", default=None)
_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id of the request being answered, or "" outside one."""
    return _request_id.get()


def set_request_id(request_id: str) -> None:
    """Name the request being answered by this thread or task."""
    _request_id.set(request_id)


def current_code_terms() -> CodeTerms | None:
    """The terms of codes in the dialect of the request being answered; None for our own, and outside a request."""
    return _code_terms.get()


@contextmanager
def code_terms(terms: CodeTerms | None) -> Iterator[None]:
    """Let codes that are asked for meanwhile live on these terms.

    Which dialect asks decides it, and no service on the way to the code needs to know that there are dialects.
    """
    before = _code_terms.set(terms)
    try:
        yield
    finally:
        _code_terms.reset(before)
