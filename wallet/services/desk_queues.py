"""Queues of the desk: a page at a time, found by id or uid, never counted in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from accounts.models import User

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


ALL = "all"
"""The name of the queue that holds everything, in every enumeration of queues."""


def ordered(rows: QuerySet[Row], queue: str) -> QuerySet[Row]:
    """Oldest first where work waits, newest first where everything stands."""
    return rows.order_by("-pk" if queue == ALL else "pk")


def paged(rows: QuerySet[Row], queue: str, *, after: int | None) -> QueuePage[Row]:
    """One page of the rows: those after that id in the queue's order."""
    if after is not None:
        rows = rows.filter(pk__lt=after) if queue == ALL else rows.filter(pk__gt=after)
    found = list(ordered(rows, queue)[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    return QueuePage(rows=found[:PAGE_SIZE], next_after=found[PAGE_SIZE - 1].pk if more else None)


def found_by(text: str, *customers: str) -> Q:
    """An id, or the uid of one of these customers (columns; `customer`): exactly, by an index. Anything else finds nothing."""
    if not (text.isascii() and text.isdigit() and len(text) <= SEARCH_DIGITS_MAX):
        return Q(pk__in=())
    found = Q(public_id=int(text))
    # Two tables in one OR would find no index: the customer is looked up first.
    owner = User.objects.filter(uid=int(text)).values_list("pk", flat=True).first() if len(text) == UID_DIGITS else None
    for column in (customers or ("customer",)) if owner else ():
        found |= Q(**{f"{column}_id": owner})
    return found


def count(rows: QuerySet[Row]) -> str:
    """How many rows there are, as a tab shows it."""
    return shown(rows.order_by()[: COUNT_MAX + 1].count())


def shown(number: int) -> str:
    """A number of rows, counted to COUNT_MAX + 1, as a tab shows it; nothing for none."""
    return f"{COUNT_MAX}+" if number > COUNT_MAX else str(number or "")
