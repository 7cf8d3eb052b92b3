"""Writes that come with an `Idempotency-Key`: done once, one at a time, and answered the same again.

A key belongs to its customer and operation. Nobody waits for another request with the same key: it is told to come back.
What was refused leaves the key free. Where the answers are kept is said by the dialect.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.module_loading import import_string
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from config.kit import crypto
from config.kit.errors import DomainError, Kind
from config.kit.money import to_text

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
KEY_CHARACTERS_MAX = 64
logger = logging.getLogger(__name__)


class RequestInFlight(DomainError):
    """The same key is being worked on."""

    slug = "api.request_in_flight"
    kind = Kind.CONFLICT
    message = "A request with this Idempotency-Key is under way. Try again in {retry_after} s."
    retry_after: int = 1


class KeyReused(DomainError):
    """The key stands for another body, or for the same operation on something else."""

    slug = "api.idempotency_key_reused"
    kind = Kind.UNPROCESSABLE
    message = "This Idempotency-Key was used for another request."


REFUSALS = (RequestInFlight, KeyReused)


@dataclass(frozen=True)
class Asked:
    """One write: whose, which operation, under which key, and a keyed hash of what was said."""

    user: Any
    operation: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True)
class Turn:
    """The right to do it now; whoever comes meanwhile is refused."""

    row: int
    token: int


@dataclass(frozen=True)
class Kept:
    """An answer that was given before: its status and its body as JSON text ("" for none)."""

    status: int
    body: str


class Memory(Protocol):
    """Where answers are kept."""

    def begin(self, asked: Asked, /) -> Turn | Kept:
        """A turn, or the answer of before. Raises RequestInFlight, KeyReused."""
        ...

    def keep(self, turn: Turn, answer: Kept, /) -> None:
        """Keep the answer, unless the turn has passed to another."""
        ...

    def forget(self, turn: Turn, /) -> None:
        """Leave the key free, unless the turn has passed to another."""
        ...


def answer(memory: str, asked: Asked, work: Callable[[], Response]) -> Response:
    """What `work` answers, or what it answered before. Raises RequestInFlight, KeyReused, and what `work` raises."""
    kept_by: Memory = import_string(memory)
    turn = kept_by.begin(asked)
    if isinstance(turn, Kept):
        body = json.loads(turn.body) if turn.body else None
        return Response(body, status=turn.status, headers={REPLAYED_HEADER: "true"})
    try:
        made = work()
    except BaseException:
        _quietly(lambda: kept_by.forget(turn))
        raise
    body = JSONRenderer().render(made.data).decode() if made.data is not None else ""
    _quietly(lambda: kept_by.keep(turn, Kept(made.status_code, body)))
    return made


def _quietly(act: Callable[[], None]) -> None:
    """What was done is answered whether or not it could be noted: the turn passes on after its time."""
    try:
        act()
    except DatabaseError as trouble:
        logger.warning("an Idempotency-Key could not be noted: %s", type(trouble).__name__)


def asked(request: HttpRequest, *, user: Any, said: dict[str, Any]) -> Asked:
    """The write that a request with a key is. Its hash is keyed, because a body may hold a short code or a phone."""
    method, match = request.method or "", request.resolver_match
    body = json.dumps(said, sort_keys=True, default=_text)
    return Asked(
        user=user,
        operation=f"{method} {match.route if match else request.path}",
        key=request.headers.get(HEADER, ""),
        fingerprint=crypto.keyed_hash("kit.once", method, request.path, body),
    )


def _text(value: Any) -> str:
    return to_text(value) if isinstance(value, Decimal) else str(value)
