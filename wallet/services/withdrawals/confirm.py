"""The customer's proof: from verification into review."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services import holds, second_factor
from config.kit.clock import now
from messaging.services.codes import Purpose, SentCode
from wallet.models.withdrawals import WITHDRAWAL_FLOW, Withdrawal, WithdrawalState
from wallet.services.withdrawals import actors, reads, verification
from wallet.services.withdrawals.errors import WithdrawalExpired
from wallet.services.withdrawals.states import locked


def confirm(*, customer: User, public_id: Any, proof: second_factor.Proof) -> Withdrawal:
    """Check the proof, which is spent whatever follows, and take the withdrawal into review.

    Raises Absent, IllegalMove, WithdrawalExpired, SecurityHoldActive, and what `second_factor.require` raises.
    """
    withdrawal = reads.get(customer=customer, public_id=public_id)
    _require_waiting(withdrawal)
    second_factor.require(customer, proof, Purpose.WITHDRAWAL, verification.proof_context(withdrawal))
    with transaction.atomic():
        withdrawal = locked(withdrawal.pk)
        _require_waiting(withdrawal)
        holds.require_none(withdrawal.customer)
        Withdrawal.objects.filter(pk=withdrawal.pk).update(verified_by=str(proof.method or ""))
        verification.enter_review(
            withdrawal, actor=actors.customer(customer), reason=f"confirmed by {proof.method or 'code'}"
        )
    return reads.get(customer=customer, public_id=public_id)


def resend_code(*, customer: User, public_id: Any, language: str, ip: str) -> SentCode | None:
    """Send the code once more; None where the authenticator confirms.

    Raises Absent, IllegalMove, WithdrawalExpired, and what `second_factor.challenge` raises.
    """
    withdrawal = reads.get(customer=customer, public_id=public_id)
    _require_waiting(withdrawal)
    return verification.send_code(withdrawal, language=language, ip=ip)


def _require_waiting(withdrawal: Withdrawal) -> None:
    WITHDRAWAL_FLOW.check(withdrawal.state, WithdrawalState.REVIEW)
    if withdrawal.expires_at <= now():
        raise WithdrawalExpired
