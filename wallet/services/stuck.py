"""Work that stands still, and the next try of it at once: nothing is decided here, and no rule is skipped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.services.officers import Act
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from messaging.services import check
from wallet.errors import NothingToRetry
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services import ages, alarms

STEPPED = (
    WithdrawalState.APPROVED,
    WithdrawalState.SIGNING,
    WithdrawalState.BROADCAST,
    WithdrawalState.UNKNOWN,
    WithdrawalState.CONFIRMING,
)
"""States in which a worker does the next step."""


@dataclass(frozen=True)
class Stuck:
    """One thing that stands, since when, and why as far as that is known."""

    what: str
    since: datetime
    detail: str


def listed() -> list[Stuck]:
    """Everything that stands too long: withdrawals, transfers, deposits, networks, messages; the oldest first."""
    ages.ring()
    rows = [Stuck(f"{alarm.label}: {alarm.subject}", alarm.since, alarm.detail) for alarm in alarms.open_ones()]
    messages = [
        Stuck(f"message {one.public_id}", one.created_at, f"{one.channel} {one.template}: {one.last_error or 'never tried'}")
        for one in check.report().stuck
    ]
    return sorted([*rows, *messages], key=lambda one: one.since)


def retry(*, public_id: Any, act: Act) -> Withdrawal:
    """End the pause that a worker left before its next try of a withdrawal. A worker that holds it now goes on undisturbed.

    Raises ReasonDue, Absent, NothingToRetry (no worker has a next step there, or one is at it).
    """
    act.require()
    number = read_public_id(public_id)
    with transaction.atomic():
        rows = Withdrawal.objects.select_for_update()
        row = None if number is None else rows.filter(public_id=number).first()
        if row is None:
            raise Absent(thing="withdrawal")
        if row.state not in STEPPED:
            raise NothingToRetry(state=row.state, because="no worker has a next step there")
        if row.lease_holder and row.lease_until is not None and row.lease_until > now():
            raise NothingToRetry(state=row.state, because="a worker is at it")
        row.lease_until = None
        row.save(update_fields=["lease_until"])
        facts = {"state": row.state, "blocked_because": row.blocked_because}
        act.record(act="wallet.withdrawal_retried", subject=f"wallet.withdrawal:{row.public_id}", facts=facts)
    return row
