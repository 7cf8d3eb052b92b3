"""The officers' queues: which withdrawals wait for whom, a page at a time, never counted in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from accounts.models import AccountFreeze
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawals import AWAITING_OFFICER, IN_FLIGHT, Withdrawal, WithdrawalState
from wallet.services.travel_rule.requiring import IS_MISSING

PAGE_SIZE = 25
SEARCH_DIGITS_MAX = 16
UID_DIGITS = 9
COUNT_MAX = 99
"""Counts stop here: an officer needs to know that there are many, not how many."""


class Queue(StrEnum):
    """What an officer wants to see."""

    DECIDE = "decide"
    STUCK = "stuck"
    UNTOLD = "untold"
    FLIGHT = "flight"
    WAITING = "waiting"
    ALL = "all"


TITLES = {
    Queue.DECIDE: "To decide",
    Queue.STUCK: "Stuck",
    Queue.UNTOLD: "Beneficiary due",
    Queue.FLIGHT: "On the way",
    Queue.WAITING: "Waiting for the customer",
    Queue.ALL: "All",
}
OLDEST_FIRST = frozenset({Queue.DECIDE, Queue.STUCK, Queue.UNTOLD, Queue.FLIGHT, Queue.WAITING})
_BLOCKED = Q(state=WithdrawalState.UNKNOWN) | (Q(state=WithdrawalState.APPROVED) & ~Q(blocked_because=""))
_RULES = {
    Queue.DECIDE: Q(state__in=AWAITING_OFFICER),
    Queue.STUCK: _BLOCKED,
    Queue.UNTOLD: Q(state__in=[*AWAITING_OFFICER, WithdrawalState.APPROVED]) & IS_MISSING,
    Queue.FLIGHT: Q(state__in=[WithdrawalState.APPROVED, *IN_FLIGHT]),
    Queue.WAITING: Q(state=WithdrawalState.VERIFICATION),
    Queue.ALL: Q(),
}


_FROZEN_SINCE = Exists(
    AccountFreeze.objects.filter(user=OuterRef("customer_id"), by_owner=True, started_at__gt=OuterRef("created_at"))
)
"""Whether the customer froze the account after the withdrawal was asked for: see policy.held_because."""


@dataclass(frozen=True)
class Filters:
    """What narrows a queue; kept in the page's address."""

    queue: Queue = Queue.DECIDE
    coin: str = ""
    state: str = ""
    flagged: bool = False
    search: str = ""


@dataclass(frozen=True)
class QueuePage:
    """One page and where the next one begins (the last id shown), or None."""

    rows: Sequence[Withdrawal]
    next_after: int | None


def page(filters: Filters, *, after: int | None = None) -> QueuePage:
    """One page of a queue: oldest first where work waits, newest first otherwise."""
    rows = _narrowed(filters).select_related("customer", "coin_network__coin", "coin_network__network")
    rows = rows.prefetch_related("decisions").annotate(was_frozen=_FROZEN_SINCE)
    if filters.queue in OLDEST_FIRST:
        rows = rows.order_by("id") if after is None else rows.filter(id__gt=after).order_by("id")
    else:
        rows = rows.order_by("-id") if after is None else rows.filter(id__lt=after).order_by("-id")
    found = list(rows[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    return QueuePage(rows=found[:PAGE_SIZE], next_after=found[PAGE_SIZE - 1].pk if more else None)


def counts() -> dict[Queue, int]:
    """How many wait in each queue but `all`, up to COUNT_MAX + 1 each; one query."""
    counted = [queue for queue in _RULES if queue != Queue.ALL]
    first, *others = [
        Withdrawal.objects.filter(_RULES[queue])
        .order_by()
        .annotate(queue=Value(queue.value))
        .values_list("queue", flat=True)[: COUNT_MAX + 1]
        for queue in counted
    ]
    waiting = Counter(first.union(*others, all=True))
    return {queue: waiting[queue.value] for queue in counted}


def _narrowed(filters: Filters) -> QuerySet[Withdrawal]:
    rows = Withdrawal.objects.filter(_RULES[filters.queue])
    if filters.coin:
        rows = rows.filter(coin_network__coin__code=filters.coin)
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.flagged:
        rows = rows.filter(is_flagged=True)
    if filters.search:
        rows = rows.filter(_search(filters.search))
    return rows


def _search(text: str) -> Q:
    """An id, a customer's uid, an address or a transaction hash: exactly, so that an index finds it."""
    sent = OutgoingTransaction.objects.filter(tx_hash=text).values("withdrawal_id")
    found = Q(address=text) | Q(pk__in=sent)
    if text.isascii() and text.isdigit() and len(text) <= SEARCH_DIGITS_MAX:
        found |= Q(public_id=int(text))
        if len(text) == UID_DIGITS:
            found |= Q(customer__uid=int(text))
    return found
