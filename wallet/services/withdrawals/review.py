"""Officers decide. Each decision is bound to the payload that the officer saw, and audited."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services import audit
from config.kit import crypto
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from wallet.models.evidence import Verdict
from wallet.models.withdrawal_evidence import Matter, WithdrawalDecision
from wallet.models.withdrawals import WITHDRAWAL_FLOW, Withdrawal, WithdrawalState
from wallet.services import actors, desk_claims, officers
from wallet.services.retries import retried
from wallet.services.travel_rule import requiring
from wallet.services.withdrawals import bells, books, messages, policy
from wallet.services.withdrawals.errors import (
    AlreadyDecided,
    OfficerIsCustomer,
    PayloadChanged,
)
from wallet.services.withdrawals.payload import payload_hash_of
from wallet.services.withdrawals.states import locked, move

CLAIM = "withdrawal"
"""What the desk claims them as, beside the public id."""


@retried
def approve(*, public_id: Any, officer: User, reason: str, seen_hash: bytes) -> Withdrawal:
    """Write the officer's approval of exactly what they saw; approve the withdrawal once enough officers did.

    Raises Absent, NotAnOfficer, OfficerIsCustomer, ReasonMissing, PayloadChanged, AlreadyDecided, IllegalMove,
    WithdrawalHeld, TravelRuleMissing, ClaimedByAnother.
    """
    with transaction.atomic():
        withdrawal = locked_for_officer(public_id=public_id, officer=officer, reason=reason)
        WITHDRAWAL_FLOW.check(withdrawal.state, WithdrawalState.APPROVED)
        desk_claims.require_free(f"{CLAIM}:{withdrawal.public_id}", officer)
        policy.require_not_held(withdrawal)
        requiring.require_told(withdrawal)
        digest = require_unchanged(withdrawal, seen_hash)
        decide(withdrawal, officer=officer, matter=Matter.APPROVAL, verdict=Verdict.APPROVE, reason=reason)
        needed = max(withdrawal.officers_required, policy.officers_needed(withdrawal, is_flagged=withdrawal.is_flagged))
        approvals = WithdrawalDecision.objects.filter(
            withdrawal=withdrawal, matter=Matter.APPROVAL, verdict=Verdict.APPROVE, payload_hash=digest
        ).count()
        actor = actors.officer(officer)
        if approvals >= needed:
            move(withdrawal, WithdrawalState.APPROVED, actor=actor, reason=reason.strip())
            bells.ring(withdrawal.pk)
        elif withdrawal.state == WithdrawalState.REVIEW:
            move(withdrawal, WithdrawalState.SECOND_REVIEW, actor=actor, reason=reason.strip())
    return withdrawal


@retried
def reject(*, public_id: Any, officer: User, reason: str, seen_hash: bytes) -> Withdrawal:
    """Refuse a withdrawal under review, or take back an approval of which nothing is reserved yet; release the hold.

    Stopping money is always allowed: an officer who approved may still recall it while a second one is due, and whoever
    has it on the desk stops nobody from that.

    Raises Absent, NotAnOfficer, OfficerIsCustomer, ReasonMissing, AlreadyDecided, IllegalMove.
    """
    with transaction.atomic():
        withdrawal = locked_for_officer(public_id=public_id, officer=officer, reason=reason)
        WITHDRAWAL_FLOW.check(withdrawal.state, WithdrawalState.REJECTED)
        matter = Matter.RECALL if _has_been_approved(withdrawal, officer) else Matter.APPROVAL
        decide(withdrawal, officer=officer, matter=matter, verdict=Verdict.REJECT, reason=reason, payload_hash=seen_hash)
        move(withdrawal, WithdrawalState.REJECTED, actor=actors.officer(officer), reason=reason.strip())
        books.release(withdrawal)
        messages.rejected(withdrawal, reason=reason.strip())
    return withdrawal


def _has_been_approved(withdrawal: Withdrawal, officer: User) -> bool:
    """Whether saying no is taking back a yes: the withdrawal's, or this officer's own while another one is due."""
    if withdrawal.state == WithdrawalState.APPROVED:
        return True
    own = WithdrawalDecision.objects.filter(withdrawal=withdrawal, officer=officer, matter=Matter.APPROVAL)
    return withdrawal.state == WithdrawalState.SECOND_REVIEW and own.exists()


def locked_for_officer(*, public_id: Any, officer: User, reason: str) -> Withdrawal:
    """The locked withdrawal, once it is sure that this officer may decide about it."""
    officers.require(officer, reason)
    number = read_public_id(public_id)
    primary = Withdrawal.objects.filter(public_id=number).values_list("pk", flat=True).first() if number else None
    if primary is None:
        raise Absent(thing="withdrawal")
    withdrawal = locked(primary)
    if withdrawal.customer_id == officer.pk:
        raise OfficerIsCustomer
    return withdrawal


def require_unchanged(withdrawal: Withdrawal, seen_hash: bytes) -> bytes:
    """The payload's hash, if the row still says what was asked for and what the officer saw. Raises PayloadChanged."""
    digest = payload_hash_of(withdrawal)
    if not crypto.equal(digest, bytes(withdrawal.payload_hash)) or not crypto.equal(digest, seen_hash):
        raise PayloadChanged
    return digest


def decide(
    withdrawal: Withdrawal,
    *,
    officer: User,
    matter: Matter,
    verdict: Verdict,
    reason: str,
    payload_hash: bytes | None = None,
) -> None:
    """Write the decision and its audit record. Raises AlreadyDecided, which the database decides."""
    try:
        with transaction.atomic():
            WithdrawalDecision.objects.create(
                withdrawal=withdrawal,
                customer_id=withdrawal.customer_id,
                officer=officer,
                matter=matter,
                verdict=verdict,
                payload_hash=payload_hash_of(withdrawal) if payload_hash is None else payload_hash,
                reason=reason.strip(),
            )
    except IntegrityError as refusal:
        if "decision_officer_once" in str(refusal):
            raise AlreadyDecided from refusal
        if "decision_officer_is_not_customer" in str(refusal):
            raise OfficerIsCustomer from refusal
        raise
    audit.record(
        actor=officer,
        actor_kind="staff",
        act=f"withdrawal.{matter}.{verdict}",
        subject=f"wallet.withdrawal:{withdrawal.public_id}",
        reason=reason.strip(),
        facts={"payload_hash": payload_hash_of(withdrawal).hex()},
    )
