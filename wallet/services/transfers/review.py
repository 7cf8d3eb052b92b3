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
from wallet.models.transfer_evidence import TransferDecision, TransferMatter
from wallet.models.transfers import TRANSFER_FLOW, Transfer, TransferState
from wallet.services import actors, desk_claims, officers
from wallet.services.retries import retried
from wallet.services.transfers import books, completion, messages, policy
from wallet.services.transfers.errors import OfficerIsParty
from wallet.services.transfers.payload import payload_hash_of
from wallet.services.transfers.states import locked, move
from wallet.services.withdrawals.errors import AlreadyDecided, PayloadChanged

CLAIM = "transfer"
"""What the desk claims them as, beside the public id."""


@retried
def approve(*, public_id: Any, officer: User, reason: str, seen_hash: bytes) -> Transfer:
    """Write the officer's approval of exactly what they saw; give the money once enough officers approved.

    Raises Absent, NotAnOfficer, OfficerIsParty, ReasonMissing, PayloadChanged, AlreadyDecided, IllegalMove, TransferHeld,
    ClaimedByAnother.
    """
    with transaction.atomic():
        transfer, reason = _locked_for_officer(public_id=public_id, officer=officer, reason=reason)
        TRANSFER_FLOW.check(transfer.state, TransferState.COMPLETED)
        desk_claims.require_free(f"{CLAIM}:{transfer.public_id}", officer)
        policy.require_not_held(transfer)
        digest = payload_hash_of(transfer)
        if not crypto.equal(digest, bytes(transfer.payload_hash)) or not crypto.equal(digest, seen_hash):
            raise PayloadChanged
        _decide(transfer, officer, TransferMatter.APPROVAL, Verdict.APPROVE, reason, digest)
        actor = actors.officer(officer)
        if approvals(transfer, digest) >= needed(transfer):
            completion.complete(transfer, actor=actor, reason=reason)
        elif transfer.state == TransferState.REVIEW:
            move(transfer, TransferState.SECOND_REVIEW, actor=actor, reason=reason)
    return transfer


@retried
def reject(*, public_id: Any, officer: User, reason: str, seen_hash: bytes) -> Transfer:
    """Refuse a transfer under review and release its hold; an officer who approved may recall that while another is due.

    Stopping money is always allowed: whoever has it on the desk stops nobody from that.

    Raises Absent, NotAnOfficer, OfficerIsParty, ReasonMissing, AlreadyDecided, IllegalMove.
    """
    with transaction.atomic():
        transfer, reason = _locked_for_officer(public_id=public_id, officer=officer, reason=reason)
        TRANSFER_FLOW.check(transfer.state, TransferState.REJECTED)
        own = TransferDecision.objects.filter(transfer=transfer, officer=officer, matter=TransferMatter.APPROVAL)
        matter = TransferMatter.RECALL if own.exists() else TransferMatter.APPROVAL
        _decide(transfer, officer, matter, Verdict.REJECT, reason, seen_hash)
        books.release(transfer)
        move(transfer, TransferState.REJECTED, actor=actors.officer(officer), reason=reason)
        messages.rejected(transfer, reason=reason)
    return transfer


def needed(transfer: Transfer) -> int:
    """How many officers are due: what the review found, or more where thresholds were lowered since."""
    return max(transfer.officers_required, policy.officers_needed(transfer, is_flagged=transfer.is_flagged))


def approvals(transfer: Transfer, digest: bytes) -> int:
    """How many officers approved exactly this."""
    said = {"matter": TransferMatter.APPROVAL, "verdict": Verdict.APPROVE, "payload_hash": digest}
    return TransferDecision.objects.filter(transfer=transfer, **said).count()


def _locked_for_officer(*, public_id: Any, officer: User, reason: str) -> tuple[Transfer, str]:
    """The locked transfer and the reason, once it is sure that this officer may decide about it."""
    reason = officers.require(officer, reason)
    number = read_public_id(public_id)
    primary = Transfer.objects.filter(public_id=number).values_list("pk", flat=True).first() if number else None
    if primary is None:
        raise Absent(thing="transfer")
    transfer = locked(primary)
    if officer.pk in (transfer.sender_id, transfer.receiver_id):
        raise OfficerIsParty
    return transfer, reason


def _decide(transfer: Transfer, officer: User, matter: TransferMatter, verdict: Verdict, reason: str, seen_hash: bytes) -> None:
    """Write the decision and its audit record. Raises AlreadyDecided, which the database decides."""
    try:
        with transaction.atomic():
            TransferDecision.objects.create(
                transfer=transfer,
                sender_id=transfer.sender_id,
                receiver_id=transfer.receiver_id,
                officer=officer,
                matter=matter,
                verdict=verdict,
                payload_hash=seen_hash,
                reason=reason,
            )
    except IntegrityError as refusal:
        if "transfer_decision_officer_once" in str(refusal):
            raise AlreadyDecided from refusal
        raise
    audit.record(
        actor=officer,
        actor_kind="staff",
        act=f"transfer.{matter}.{verdict}",
        subject=f"wallet.transfer:{transfer.public_id}",
        reason=reason,
        facts={"payload_hash": payload_hash_of(transfer).hex()},
    )
