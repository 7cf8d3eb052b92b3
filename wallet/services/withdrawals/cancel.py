"""The customer takes a request back, as long as no officer has approved it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from config.kit.flow import IllegalMove
from wallet.models.withdrawals import WITHDRAWAL_FLOW, Withdrawal, WithdrawalState
from wallet.services import actors
from wallet.services.retries import retried
from wallet.services.withdrawals import books, messages, policy, reads
from wallet.services.withdrawals.states import locked, move


@retried
def cancel(*, customer: User, public_id: Any) -> Withdrawal:
    """Cancel a withdrawal in verification or review and release its hold; not a deposit that goes back.

    Raises Absent, IllegalMove.
    """
    withdrawal = reads.get(customer=customer, public_id=public_id)
    with transaction.atomic():
        withdrawal = locked(withdrawal.pk)
        if policy.is_refund(withdrawal):
            raise IllegalMove(flow=WITHDRAWAL_FLOW.name, state=withdrawal.state, target=str(WithdrawalState.CANCELLED))
        move(withdrawal, WithdrawalState.CANCELLED, actor=actors.customer(customer), reason="taken back")
        books.release(withdrawal)
        messages.ended(withdrawal)
    return reads.get(customer=customer, public_id=public_id)
