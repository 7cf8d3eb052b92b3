"""The officers' queues: which withdrawals wait for whom, a page at a time, never counted in full."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from accounts.models import AccountFreeze
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawals import AWAITING_OFFICER, IN_FLIGHT, Withdrawal, WithdrawalState
from wallet.services.desk_queues import COUNT_MAX, found_by
from wallet.services.travel_rule.requiring import IS_MISSING

SENT_MAX = 10
"""Withdrawals that one transaction can have been sent for: one, and what was tried before it."""


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


def rows(filters: Filters) -> QuerySet[Withdrawal]:
    """What stands in a queue and fits the filters, with what a line of it shows."""
    found = _narrowed(filters).select_related("customer", "coin_network__coin", "coin_network__network")
    return found.prefetch_related("decisions").annotate(was_frozen=_FROZEN_SINCE)


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
    sent = OutgoingTransaction.objects.filter(tx_hash=text).values_list("withdrawal_id", flat=True)[:SENT_MAX]
    return Q(address=text) | Q(pk__in=list(sent)) | found_by(text)
