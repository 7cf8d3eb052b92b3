"""Leases: one worker at a time does the next step, and one that stalled can't write any more.

A lease is a token that only grows (a fencing token) and a time. Work outside the database is done under a lease;
what it learned is written in a transaction that locks the row and finds the token unchanged.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from config.kit.clock import now
from wallet.models.withdrawals import REASON_CHARACTERS_MAX, Withdrawal, WithdrawalState
from wallet.services.withdrawals.errors import LeaseLost
from wallet.services.withdrawals.states import locked

HOLDER_CHARACTERS_MAX = 64
LEASE_SECONDS = 60
"""Longer than the slowest step: a node may take its whole time limit."""


@dataclass(frozen=True)
class Lease:
    """The right to do the next step of one withdrawal."""

    withdrawal_id: int
    token: int


_CLAIM = """
UPDATE wallet_withdrawal
   SET lease_token = lease_token + 1, lease_holder = %(holder)s, lease_until = %(until)s
 WHERE id = %(id)s AND state = ANY(%(states)s) AND (
        lease_until IS NULL OR lease_until <= %(moment)s OR (%(through_pause)s AND lease_holder = '')
   )
RETURNING lease_token
"""


def claim(withdrawal_id: int, *, states: Collection[WithdrawalState], holder: str, through_pause: bool = False) -> Lease | None:
    """Take the lease if the withdrawal is in one of the states and nobody has it; else None.

    A pause that a worker left before the next try is nobody's lease: `through_pause` doesn't wait for its end.
    """
    moment = now()
    facts: dict[str, Any] = {
        "id": withdrawal_id,
        "states": [str(state) for state in states],
        "holder": holder[:HOLDER_CHARACTERS_MAX],
        "moment": moment,
        "through_pause": through_pause,
        "until": moment + timedelta(seconds=LEASE_SECONDS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, facts)
        row = cursor.fetchone()
    return Lease(withdrawal_id=withdrawal_id, token=row[0]) if row else None


def locked_under(lease: Lease) -> Withdrawal:
    """The withdrawal with its row locked. Raises LeaseLost where the token has moved on."""
    withdrawal = locked(lease.withdrawal_id)
    if withdrawal.lease_token != lease.token:
        raise LeaseLost(f"withdrawal {lease.withdrawal_id}: lease {lease.token} is over")
    return withdrawal


def hand_back(lease: Lease, *, again_after_seconds: float = 0, because: str | None = None) -> None:
    """End the lease; the next try comes after the given time. `because` is what staff read meanwhile."""
    changes: dict[str, object] = {
        "lease_holder": "",
        "lease_until": now() + timedelta(seconds=again_after_seconds) if again_after_seconds else None,
    }
    if because is not None:
        changes["blocked_because"] = because[:REASON_CHARACTERS_MAX]
    Withdrawal.objects.filter(pk=lease.withdrawal_id, lease_token=lease.token).update(**changes)
