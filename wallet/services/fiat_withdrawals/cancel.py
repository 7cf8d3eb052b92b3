"""The customer takes a request back, as long as no officer has approved it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from wallet.models.fiat_withdrawals import FIAT_WITHDRAWAL_FLOW, FiatWithdrawal, FiatWithdrawalState
from wallet.services import actors
from wallet.services.fiat_withdrawals import books, messages, reads
from wallet.services.fiat_withdrawals.states import locked, move
from wallet.services.retries import retried


@retried
def cancel(*, customer: User, public_id: Any) -> FiatWithdrawal:
    """Cancel one that waits for its customer or for the first officer; release its hold. Raises Absent, IllegalMove."""
    found = reads.get(customer=customer, public_id=public_id)
    with transaction.atomic():
        withdrawal = locked(found.pk)
        FIAT_WITHDRAWAL_FLOW.check(withdrawal.state, FiatWithdrawalState.CANCELLED)
        books.release(withdrawal)
        move(withdrawal, FiatWithdrawalState.CANCELLED, actor=actors.customer(customer), reason="taken back")
        messages.ended(withdrawal)
    return reads.get(customer=customer, public_id=public_id)
