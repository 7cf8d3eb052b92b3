"""What officers see of transfers: the queue, a page at a time, and all that one decision needs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from config.kit import crypto
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from kyc.services import entitlements
from wallet.models.desk_claims import DeskClaim
from wallet.models.ledger import Entry
from wallet.models.transfer_evidence import TransferDecision, TransferEvent, TransferMatter, TransferRisk
from wallet.models.transfers import AWAITING_CUSTOMER, AWAITING_OFFICER, Transfer, TransferState
from wallet.services import balances, desk_claims
from wallet.services.desk_queues import found_by
from wallet.services.limits import DAY_HOURS
from wallet.services.transfers import books, policy, review
from wallet.services.transfers.payload import payload_hash_of

EARLIER_MAX = 10


class Queue(StrEnum):
    """What an officer wants to see."""

    DECIDE = "decide"
    WAITING = "waiting"
    ALL = "all"


TITLES = {Queue.DECIDE: "To decide", Queue.WAITING: "Waiting for the sender", Queue.ALL: "All"}
RULES = {Queue.DECIDE: Q(state__in=AWAITING_OFFICER), Queue.WAITING: Q(state__in=AWAITING_CUSTOMER), Queue.ALL: Q()}


def rows(queue: Queue, *, search: str = "") -> QuerySet[Transfer]:
    """What stands in a queue, with what a line of it shows."""
    found = Transfer.objects.filter(RULES[queue]).select_related("sender", "receiver", "coin").prefetch_related("decisions")
    return found.filter(found_by(search, "sender", "receiver")) if search else found


@dataclass(frozen=True)
class PartyView:
    """One of the two customers, and what they have of the coin."""

    role: str
    user: User
    level: int
    available: Decimal
    held: Decimal


@dataclass(frozen=True)
class Dossier:
    """The page of one transfer."""

    transfer: Transfer
    payload_hash: str
    is_unchanged: bool
    held_because: str
    officers_needed: int
    parties: list[PartyView]
    given_in_24_hours: Decimal
    earlier: list[Transfer]
    decisions: list[TransferDecision]
    empty_seats: range
    risk: TransferRisk | None
    events: list[TransferEvent]
    ledger: list[Entry]
    claim: DeskClaim | None


@dataclass(frozen=True)
class Choices:
    """What this officer may do now, and why not where they may not."""

    because: str
    can_approve: bool = False
    can_reject: bool = False
    can_claim: bool = False


def open_dossier(public_id: Any) -> Dossier:
    """Everything about one transfer, in a fixed number of queries. Raises Absent."""
    number = read_public_id(public_id)
    rows = Transfer.objects.select_related("sender", "receiver", "coin")
    transfer = rows.filter(public_id=number).first() if number is not None else None
    if transfer is None:
        raise Absent(thing="transfer")
    digest = payload_hash_of(transfer)
    decisions = list(TransferDecision.objects.filter(transfer=transfer).select_related("officer").order_by("id"))
    needed = review.needed(transfer)
    seated = sum(decision.matter == TransferMatter.APPROVAL for decision in decisions)
    between = Transfer.objects.filter(sender=transfer.sender).exclude(pk=transfer.pk).select_related("receiver", "coin")
    return Dossier(
        transfer=transfer,
        payload_hash=digest.hex(),
        is_unchanged=crypto.equal(digest, bytes(transfer.payload_hash)),
        held_because=policy.held_because(transfer) if transfer.finished_at is None else "",
        officers_needed=needed,
        parties=[_party("Sender", transfer.sender, transfer), _party("Receiver", transfer.receiver, transfer)],
        given_in_24_hours=policy.used(transfer.sender, transfer.coin, hours=DAY_HOURS),
        earlier=list(between.order_by("-id")[:EARLIER_MAX]),
        decisions=decisions,
        empty_seats=range(seated + 1, needed + 1),
        risk=TransferRisk.objects.filter(transfer=transfer).order_by("-id").first(),
        events=list(TransferEvent.objects.filter(transfer=transfer).select_related("actor").order_by("id")),
        ledger=list(
            Entry.objects.filter(posting__in=books.postings_of(transfer))
            .select_related("posting", "account__owner", "account__coin")
            .order_by("posting_id", "seq")
        ),
        claim=desk_claims.of(f"{review.CLAIM}:{transfer.public_id}"),
    )


def _party(role: str, user: User, transfer: Transfer) -> PartyView:
    balance = balances.of_coin(user, transfer.coin)
    return PartyView(role=role, user=user, level=entitlements.level_of(user), available=balance.available, held=balance.held)


def choices(dossier: Dossier, officer: User, *, is_treasury: bool) -> Choices:
    """What the officer may do on this page."""
    transfer = dossier.transfer
    if not is_treasury:
        return Choices("You may look; treasury officers decide.")
    if officer.pk in (transfer.sender_id, transfer.receiver_id):
        return Choices("This is a transfer of your own: other officers decide about it.")
    if transfer.state not in AWAITING_OFFICER:
        return Choices("")
    spoken = {decision.matter for decision in dossier.decisions if decision.officer_id == officer.pk}
    has_approved = TransferMatter.APPROVAL in spoken
    because = taken = desk_claims.elsewhere(dossier.claim, officer)
    if has_approved:
        because = "You have approved this transfer; another officer is due. You can still take your approval back."
    elif not dossier.is_unchanged:
        because = "The transfer was changed after it was asked for. It can only be rejected."
    elif dossier.held_because:
        because = f"Held: {dossier.held_because}. It can't be approved."
    return Choices(
        because,
        can_approve=not has_approved and dossier.is_unchanged and not dossier.held_because and not taken,
        can_reject=not has_approved or transfer.state == TransferState.SECOND_REVIEW,
        can_claim=not taken,
    )
