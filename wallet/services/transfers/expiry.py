"""Requests that nobody confirmed end by themselves. Nothing is ever given by a clock."""

from __future__ import annotations

import logging

from django.db import transaction

from config.kit.clock import now
from wallet.models.transfers import AWAITING_CUSTOMER, Transfer, TransferState
from wallet.services.actors import SYSTEM
from wallet.services.retries import retried
from wallet.services.transfers import books, messages
from wallet.services.transfers.states import locked, move

log = logging.getLogger(__name__)

EXPIRE_MAX = 500
"""Transfers per run; the next run takes the rest."""


def expire_due(*, maximum: int = EXPIRE_MAX) -> int:
    """End what waited too long for its sender and release the holds; how many ended. One that fails stops no other."""
    due = Transfer.objects.filter(state__in=AWAITING_CUSTOMER, expires_at__lte=now()).order_by("id")
    ended = 0
    for transfer_id in list(due.values_list("pk", flat=True)[:maximum]):
        try:
            ended += expire(transfer_id)
        except Exception:
            log.exception("transfer could not expire", extra={"transfer": transfer_id})
    return ended


@retried
def expire(transfer_id: int) -> bool:
    """End one transfer if it still waits and its time is over; whether it did."""
    with transaction.atomic():
        transfer = locked(transfer_id)
        if transfer.state not in AWAITING_CUSTOMER or transfer.expires_at > now():
            return False
        books.release(transfer)
        move(transfer, TransferState.EXPIRED, actor=SYSTEM, reason="not confirmed in time")
        messages.ended(transfer)
    return True
