"""Officers decide. Each decision is bound to the payload that the officer saw, and audited."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services import audit
from config.kit import crypto
from config.kit.errors import Absent
from config.kit.flow import IllegalMove
from config.kit.ids import read_public_id
from wallet.models.evidence import Verdict
from wallet.models.fiat_withdrawals import (
    AWAITING_OFFICER,
    FIAT_WITHDRAWAL_FLOW,
    FiatMatter,
    FiatWithdrawal,
    FiatWithdrawalDecision,
    FiatWithdrawalState,
)
from wallet.services import actors, desk_claims, officers
from wallet.services.fiat_withdrawals import books, messages, policy
from wallet.services.fiat_withdrawals.payload import payload_hash_of
from wallet.services.fiat_withdrawals.states import locked, move
from wallet.services.retries import retried
from wallet.services.withdrawals.errors import AlreadyDecided, OfficerIsCustomer, PayloadChanged

CLAIM = "fiat_withdrawal"


@retried
def approve(*, public_id: Any, officer: User, reason: str, seen_hash: bytes) -> FiatWithdrawal:
    """Write the officer's approval of exactly what they saw; approve the withdrawal once enough officers did.

    Raises Absent, NotAnOfficer, OfficerIsCustomer, ReasonMissing, ClaimedByAnother, PayloadChanged, AlreadyDecided,
    IllegalMove, FiatWithdrawalHeld.
    """
    with transaction.atomic():
        withdrawal, reason = locked_for_officer(public_id=public_id, officer=officer, reason=reason)
        _require_under_review(withdrawal)
        policy.require_not_held(withdrawal)
        digest = require_unchanged(withdrawal, seen_hash)
        _decide(withdrawal, officer, FiatMatter.APPROVAL, Verdict.APPROVE, reason, digest)
        actor = actors.officer(officer)
        if len(approvers(withdrawal, digest)) >= needed(withdrawal):
            move(withdrawal, FiatWithdrawalState.APPROVED, actor=actor, reason=reason)
        elif withdrawal.state == FiatWithdrawalState.REVIEW:
            move(withdrawal, FiatWithdrawalState.SECOND_REVIEW, actor=actor, reason=reason)
    return withdrawal


@retried
def reject(*, public_id: Any, officer: User, reason: str, seen_hash: bytes) -> FiatWithdrawal:
    """Refuse one under review, or take back an approval while nobody is at the bank with it; release the hold.

    Raises Absent, NotAnOfficer, OfficerIsCustomer, ReasonMissing, ClaimedByAnother, AlreadyDecided, IllegalMove.
    """
    with transaction.atomic():
        withdrawal, reason = locked_for_officer(public_id=public_id, officer=officer, reason=reason)
        FIAT_WITHDRAWAL_FLOW.check(withdrawal.state, FiatWithdrawalState.REJECTED)
        matter = FiatMatter.RECALL if _has_been_approved(withdrawal, officer) else FiatMatter.APPROVAL
        _decide(withdrawal, officer, matter, Verdict.REJECT, reason, seen_hash)
        books.release(withdrawal)
        move(withdrawal, FiatWithdrawalState.REJECTED, actor=actors.officer(officer), reason=reason)
        messages.rejected(withdrawal, reason=reason)
    return withdrawal


def needed(withdrawal: FiatWithdrawal) -> int:
    """How many officers are due: what the review found, or more where thresholds were lowered since."""
    return max(withdrawal.officers_required, policy.officers_needed(withdrawal, is_flagged=withdrawal.is_flagged))


def approvers(withdrawal: FiatWithdrawal, digest: bytes) -> set[int]:
    """Who approved exactly this."""
    said = {"matter": FiatMatter.APPROVAL, "verdict": Verdict.APPROVE, "payload_hash": digest}
    return set(FiatWithdrawalDecision.objects.filter(withdrawal=withdrawal, **said).values_list("officer_id", flat=True))


def locked_for_officer(*, public_id: Any, officer: User, reason: str) -> tuple[FiatWithdrawal, str]:
    """The locked withdrawal and the reason, once it is sure that this officer may act upon it.

    Raises Absent, NotAnOfficer, ReasonMissing, OfficerIsCustomer, ClaimedByAnother.
    """
    reason = officers.require(officer, reason)
    number = read_public_id(public_id)
    primary = FiatWithdrawal.objects.filter(public_id=number).values_list("pk", flat=True).first() if number else None
    if primary is None:
        raise Absent(thing="fiat withdrawal")
    withdrawal = locked(primary)
    if withdrawal.customer_id == officer.pk:
        raise OfficerIsCustomer
    desk_claims.require_free(f"{CLAIM}:{withdrawal.public_id}", officer)
    return withdrawal, reason


def require_unchanged(withdrawal: FiatWithdrawal, seen_hash: bytes) -> bytes:
    """The payload's hash, if row and bank account still say what was asked for and what was seen. Raises PayloadChanged."""
    digest = payload_hash_of(withdrawal)
    if not crypto.equal(digest, bytes(withdrawal.payload_hash)) or not crypto.equal(digest, seen_hash):
        raise PayloadChanged
    return digest


def _require_under_review(withdrawal: FiatWithdrawal) -> None:
    """Nobody approves what is at the bank, although it may come back from there to `approved`. Raises IllegalMove."""
    if withdrawal.state not in AWAITING_OFFICER:
        raise IllegalMove(flow=FIAT_WITHDRAWAL_FLOW.name, state=withdrawal.state, target=FiatWithdrawalState.APPROVED.value)


def _has_been_approved(withdrawal: FiatWithdrawal, officer: User) -> bool:
    if withdrawal.state == FiatWithdrawalState.APPROVED:
        return True
    own = FiatWithdrawalDecision.objects.filter(withdrawal=withdrawal, officer=officer, matter=FiatMatter.APPROVAL)
    return withdrawal.state == FiatWithdrawalState.SECOND_REVIEW and own.exists()


def _decide(
    withdrawal: FiatWithdrawal, officer: User, matter: FiatMatter, verdict: Verdict, reason: str, seen_hash: bytes
) -> None:
    """Write the decision and its audit record. Raises AlreadyDecided, which the database decides."""
    try:
        with transaction.atomic():
            FiatWithdrawalDecision.objects.create(
                withdrawal=withdrawal,
                customer_id=withdrawal.customer_id,
                officer=officer,
                matter=matter,
                verdict=verdict,
                payload_hash=seen_hash,
                reason=reason,
            )
    except IntegrityError as refusal:
        if "fiat_decision_officer_once" in str(refusal):
            raise AlreadyDecided from refusal
        raise
    record(withdrawal, officer, f"fiat_withdrawal.{matter}.{verdict}", reason)


def record(withdrawal: FiatWithdrawal, officer: User, act: str, reason: str, **facts: str) -> None:
    """Write the audit record of an officer's act."""
    audit.record(
        actor=officer,
        actor_kind="staff",
        act=act,
        subject=f"wallet.fiat_withdrawal:{withdrawal.public_id}",
        reason=reason,
        facts={"payload_hash": bytes(withdrawal.payload_hash).hex(), **facts},
    )
