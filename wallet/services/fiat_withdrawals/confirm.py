"""The customer's proof: from verification into review. None goes on without an officer."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services import holds, second_factor
from accounts.services.second_factor import Proof
from config.kit.clock import now
from config.kit.money import to_text
from messaging.services.codes import Purpose
from wallet.models.fiat_withdrawals import FIAT_WITHDRAWAL_FLOW, FiatWithdrawal, FiatWithdrawalState
from wallet.services import actors, proofs
from wallet.services.fiat_withdrawals import messages, policy, reads
from wallet.services.fiat_withdrawals.errors import FiatWithdrawalExpired
from wallet.services.fiat_withdrawals.states import locked, move
from wallet.services.retries import retried
from wallet.services.risk import fiat_withdrawals as risk


def confirm(*, customer: User, public_id: Any, proof: Proof | None, ip: str, language: str = "en") -> FiatWithdrawal:
    """Check the proof, which is spent whatever follows, and take the withdrawal into review.

    Without one, a code is sent (again) and SecondFactorRequired is raised.
    Raises Absent, IllegalMove, FiatWithdrawalExpired, FiatWithdrawalHeld, SecurityHoldActive, and what `proofs.require`
    raises.
    """
    withdrawal = reads.get(customer=customer, public_id=public_id)
    _require_waiting(withdrawal)
    shown = proofs.require(
        customer=customer,
        proof=proof,
        purpose=Purpose.FIAT_WITHDRAWAL,
        context=proof_context(withdrawal),
        facts=messages.facts(withdrawal),
        language=language,
        ip=ip,
    )
    _go_on(withdrawal.pk, customer, shown)
    return reads.get(customer=customer, public_id=public_id)


def send_code(withdrawal: FiatWithdrawal, *, language: str, ip: str) -> None:
    """Send the code with which it can be confirmed, unless an authenticator confirms it. Raises what `challenge` raises."""
    second_factor.challenge(
        withdrawal.customer,
        Purpose.FIAT_WITHDRAWAL,
        proof_context(withdrawal),
        language=language,
        ip=ip,
        facts=messages.facts(withdrawal),
    )


def proof_context(withdrawal: FiatWithdrawal) -> str:
    """What a code is bound to: this withdrawal, its amount and its bank account."""
    return f"fiat-withdrawal:{withdrawal.public_id}:{to_text(withdrawal.amount)}:{withdrawal.bank_account}"


def methods(customer: User) -> tuple[str, ...]:
    """The methods with which the customer can confirm."""
    return tuple(str(method) for method in second_factor.methods(customer, Purpose.FIAT_WITHDRAWAL))


@retried
def _go_on(withdrawal_id: int, customer: User, shown: str) -> None:
    with transaction.atomic():
        withdrawal = locked(withdrawal_id)
        _require_waiting(withdrawal)
        holds.require_none(withdrawal.customer)
        policy.require_not_held(withdrawal)
        result = risk.assess(withdrawal)
        needed = policy.officers_needed(withdrawal, is_flagged=result.is_flagged)
        move(
            withdrawal,
            FiatWithdrawalState.REVIEW,
            actor=actors.customer(customer),
            reason=f"confirmed by {shown}",
            verified_by=shown,
            is_flagged=result.is_flagged,
            officers_required=needed,
        )


def _require_waiting(withdrawal: FiatWithdrawal) -> None:
    FIAT_WITHDRAWAL_FLOW.check(withdrawal.state, FiatWithdrawalState.REVIEW)
    if withdrawal.expires_at <= now():
        raise FiatWithdrawalExpired
