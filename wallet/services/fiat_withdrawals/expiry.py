"""Requests that nobody confirmed end by themselves. Nothing is ever approved or paid by a clock."""

from __future__ import annotations

import logging

from django.db import transaction

from config.kit.clock import now
from wallet.models.fiat_withdrawals import FiatWithdrawal, FiatWithdrawalState
from wallet.services.actors import SYSTEM
from wallet.services.fiat_withdrawals import books, messages
from wallet.services.fiat_withdrawals.states import locked, move
from wallet.services.retries import retried

log = logging.getLogger(__name__)

EXPIRE_MAX = 500
"""Fiat withdrawals per run; the next run takes the rest."""


def expire_due(*, maximum: int = EXPIRE_MAX) -> int:
    """End what waited too long for its proof and release the holds; how many ended. One that fails stops no other."""
    due = FiatWithdrawal.objects.filter(state=FiatWithdrawalState.VERIFICATION, expires_at__lte=now()).order_by("id")
    ended = 0
    for withdrawal_id in list(due.values_list("pk", flat=True)[:maximum]):
        try:
            ended += expire(withdrawal_id)
        except Exception:
            log.exception("fiat withdrawal could not expire", extra={"withdrawal": withdrawal_id})
    return ended


@retried
def expire(withdrawal_id: int) -> bool:
    """End one if it still waits and its time is over; whether it did."""
    with transaction.atomic():
        withdrawal = locked(withdrawal_id)
        if withdrawal.state != FiatWithdrawalState.VERIFICATION or withdrawal.expires_at > now():
            return False
        books.release(withdrawal)
        move(withdrawal, FiatWithdrawalState.EXPIRED, actor=SYSTEM, reason="not confirmed in time")
        messages.ended(withdrawal)
    return True
