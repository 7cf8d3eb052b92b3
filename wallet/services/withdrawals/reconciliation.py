"""Looking again: withdrawals that have stood too long, and settled ones whose block the chain gave up."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from config.kit.clock import now
from config.kit.errors import DomainError
from wallet.chains import registry
from wallet.chains.gateway import Receipt
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawals import ENDS, Withdrawal, WithdrawalState

log = logging.getLogger(__name__)

ALARM_SECONDS = {
    WithdrawalState.VERIFICATION: 45 * 60,
    WithdrawalState.REVIEW: 24 * 3600,
    WithdrawalState.SECOND_REVIEW: 24 * 3600,
    WithdrawalState.APPROVED: 10 * 60,
    WithdrawalState.SIGNING: 10 * 60,
    WithdrawalState.BROADCAST: 30 * 60,
    WithdrawalState.UNKNOWN: 10 * 60,
    WithdrawalState.CONFIRMING: 2 * 3600,
}
"""Seconds in one state after which staff are told. A clock only rings; it never approves and never fails anything."""
SETTLED_HOURS = 24
SETTLED_MAX = 1_000
"""Settled withdrawals looked at again per run, newest first."""


@dataclass(frozen=True)
class Age:
    """How many withdrawals stand in a state, since when the oldest does, and how many are over the alarm's age."""

    state: str
    count: int
    oldest_since: datetime
    overdue: int


def ages() -> list[Age]:
    """One line for each open state that has withdrawals."""
    moment = now()
    rows = (
        Withdrawal.objects.exclude(state__in=ENDS)
        .values("state")
        .annotate(count=Count("pk"), oldest=Min("state_since"))
        .order_by("state")
    )
    found = []
    for row in rows:
        limit = moment - timedelta(seconds=ALARM_SECONDS[WithdrawalState(row["state"])])
        overdue = Withdrawal.objects.filter(state=row["state"], state_since__lt=limit).count()
        found.append(Age(state=row["state"], count=row["count"], oldest_since=row["oldest"], overdue=overdue))
    return found


def ring_age_alarms() -> list[Age]:
    """Log an error for each state in which something stands too long; those states."""
    late = [age for age in ages() if age.overdue]
    for age in late:
        log.error(
            "withdrawals stand too long",
            extra={"state": age.state, "overdue": age.overdue, "oldest_since": age.oldest_since.isoformat()},
        )
    return late


def vanished() -> list[OutgoingTransaction]:
    """Transactions settled within the last day that the chain no longer shows in a block; each is logged.

    A reorganisation deeper than the coin's confirmations did that: the money may have to be sent again by people.
    Raises nothing for a silent node; what could not be asked is looked at in the next run.
    """
    return list(_vanished())


def resurrected() -> list[OutgoingTransaction]:
    """Transactions of withdrawals that failed, their holds released, which the chain ran after all; each is logged.

    The money left twice: once on the chain and once back to the customer. People must act at once. Raises nothing for
    a silent node; what could not be asked is looked at in the next run.
    """
    failed = OutgoingTransaction.objects.filter(withdrawal__state=WithdrawalState.FAILED, signed_bytes__isnull=False)
    found = []
    for outgoing in failed.select_related("network", "withdrawal").order_by("-id")[:SETTLED_MAX]:
        try:
            receipt = registry.gateway(outgoing.network.code).receipt(outgoing.tx_hash or "")
        except DomainError as refusal:
            log.warning("reconciliation paused", extra={"slug": refusal.slug})
            break
        if receipt is not None and receipt.succeeded:
            log.critical("a failed withdrawal was paid on the chain", extra={"tx_hash": outgoing.tx_hash})
            found.append(outgoing)
    return found


def _vanished() -> Iterator[OutgoingTransaction]:
    settled = (
        OutgoingTransaction.objects.filter(
            withdrawal__state=WithdrawalState.SUCCESS,
            withdrawal__finished_at__gt=now() - timedelta(hours=SETTLED_HOURS),
            block_number__isnull=False,
        )
        .select_related("network", "withdrawal")
        .order_by("-id")[:SETTLED_MAX]
    )
    for outgoing in settled:
        try:
            receipt = _receipt_of_payment(outgoing)
        except DomainError as refusal:
            log.warning("reconciliation paused", extra={"slug": refusal.slug})
            return
        if receipt is None or not receipt.succeeded:
            log.error("a settled withdrawal is no longer on the chain", extra={"tx_hash": outgoing.tx_hash})
            yield outgoing


def _receipt_of_payment(settled: OutgoingTransaction) -> Receipt | None:
    """Of the settled transaction, or of one that pays the same at another fee. Raises ChainUnavailable."""
    gateway = registry.gateway(settled.network.code)
    receipt = gateway.receipt(settled.tx_hash or "")
    others = OutgoingTransaction.objects.filter(withdrawal=settled.withdrawal, sendings__gt=0).exclude(pk=settled.pk)
    for tx_hash in others.values_list("tx_hash", flat=True) if receipt is None else ():
        receipt = receipt or gateway.receipt(tx_hash or "")
    return receipt
