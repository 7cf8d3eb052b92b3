"""Queues of the desk: a page at a time, found by id or uid, never counted in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

PAGE_SIZE = 25
UID_DIGITS = 9
SEARCH_DIGITS_MAX = 16
COUNT_MAX = 99
"""Counts stop here: an officer needs to know that there are many, not how many."""

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class QueuePage(Generic[Row]):
    """One page and where the next one begins (the last id shown), or None."""

    rows: Sequence[Row]
    next_after: int | None


def paged(rows: QuerySet[Row], *, newest_first: bool, after: int | None) -> QueuePage[Row]:
    """One page of the rows: those after that id in the wanted order."""
    if after is not None:
        rows = rows.filter(pk__lt=after) if newest_first else rows.filter(pk__gt=after)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    return QueuePage(rows=found[:PAGE_SIZE], next_after=found[PAGE_SIZE - 1].pk if more else None)


def found_by(text: str, *, customer: str = "customer") -> Q:
    """An id or a customer's uid: exactly, so that an index finds it. Anything else finds nothing."""
    if not (text.isascii() and text.isdigit() and len(text) <= SEARCH_DIGITS_MAX):
        return Q(pk__in=())
    found = Q(public_id=int(text))
    if len(text) == UID_DIGITS:
        found |= Q(**{f"{customer}__uid": int(text)})
    return found


def count(rows: QuerySet[Row]) -> str:
    """How many rows there are, as a tab shows it."""
    number = rows.order_by()[: COUNT_MAX + 1].count()
    return f"{COUNT_MAX}+" if number > COUNT_MAX else str(number or "")
