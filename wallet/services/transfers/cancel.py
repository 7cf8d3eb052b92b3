"""The sender takes a request back, as long as no officer has approved it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from wallet.models.transfers import TRANSFER_FLOW, Transfer, TransferState
from wallet.services import actors
from wallet.services.retries import retried
from wallet.services.transfers import books, messages, reads
from wallet.services.transfers.states import locked, move


@retried
def cancel(*, customer: User, public_id: Any) -> Transfer:
    """Cancel a transfer that waits for its sender or for the first officer; release its hold. Raises Absent, IllegalMove."""
    found = reads.sent(customer=customer, public_id=public_id)
    with transaction.atomic():
        transfer = locked(found.pk)
        TRANSFER_FLOW.check(transfer.state, TransferState.CANCELLED)
        books.release(transfer)
        move(transfer, TransferState.CANCELLED, actor=actors.customer(customer), reason="taken back")
        messages.ended(transfer)
    return transfer
