"""The customer's proof: from verification into review."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services import holds
from accounts.services.second_factor import Proof
from config.kit.clock import now
from messaging.services.codes import Purpose
from wallet.models.withdrawals import WITHDRAWAL_FLOW, Withdrawal, WithdrawalState
from wallet.services import actors, proofs
from wallet.services.withdrawals import messages, policy, reads, verification
from wallet.services.withdrawals.errors import WithdrawalExpired
from wallet.services.withdrawals.states import locked


def confirm(*, customer: User, public_id: Any, proof: Proof | None, ip: str, language: str = "en") -> Withdrawal:
    """Check the proof, which is spent whatever follows, and take the withdrawal into review.

    Without one, a code is sent (again) and SecondFactorRequired is raised.
    Raises Absent, IllegalMove, WithdrawalExpired, WithdrawalHeld, SecurityHoldActive, and what `proofs.require` raises.
    """
    withdrawal = reads.get(customer=customer, public_id=public_id)
    _require_waiting(withdrawal)
    shown = proofs.require(
        customer=customer,
        proof=proof,
        purpose=Purpose.WITHDRAWAL,
        context=verification.proof_context(withdrawal),
        facts=messages.facts(withdrawal),
        language=language,
        ip=ip,
    )
    with transaction.atomic():
        withdrawal = locked(withdrawal.pk)
        _require_waiting(withdrawal)
        policy.require_not_held(withdrawal)
        holds.require_none(withdrawal.customer)
        Withdrawal.objects.filter(pk=withdrawal.pk).update(verified_by=shown)
        verification.enter_review(withdrawal, actor=actors.customer(customer), reason=f"confirmed by {shown}")
    return reads.get(customer=customer, public_id=public_id)


def _require_waiting(withdrawal: Withdrawal) -> None:
    WITHDRAWAL_FLOW.check(withdrawal.state, WithdrawalState.REVIEW)
    if withdrawal.expires_at <= now():
        raise WithdrawalExpired
