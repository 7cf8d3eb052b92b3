"""What officers see of proposals that take two of them: the queue, and all that the second one needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from config.kit import crypto
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from wallet.models.desk_claims import DeskClaim
from wallet.models.ledger import Entry
from wallet.models.pairs import PairEvent, PairState
from wallet.services import desk_claims, officers
from wallet.services.desk_queues import found_by
from wallet.services.pairs.deciding import P, PairKind


class Queue(StrEnum):
    """What an officer wants to see."""

    DECIDE = "decide"
    ALL = "all"


TITLES = {Queue.DECIDE: "To decide", Queue.ALL: "All"}
RULES = {Queue.DECIDE: Q(state=PairState.PROPOSED), Queue.ALL: Q()}


@dataclass(frozen=True)
class Dossier:
    """The page of one proposal."""

    row: Any
    payload_hash: str
    is_unchanged: bool
    events: list[PairEvent]
    ledger: list[Entry]
    claim: DeskClaim | None
    needs_lead: bool


@dataclass(frozen=True)
class Choices:
    """What this officer may do now, and why not where they may not."""

    because: str = ""
    can_confirm: bool = False
    can_reject: bool = False
    can_withdraw: bool = False

    @property
    def can_claim(self) -> bool:
        """Whether there is anything to look at alone."""
        return self.can_confirm


def rows(kind: PairKind[P], queue: Queue, *, search: str = "") -> QuerySet[P]:
    """The proposals of a queue."""
    found = kind.rows().filter(RULES[queue])
    return found.filter(found_by(search)) if search else found


def open_dossier(kind: PairKind[P], public_id: Any) -> Dossier:
    """Everything about one proposal. Raises Absent."""
    number = read_public_id(public_id)
    row = kind.rows().filter(public_id=number).first() if number is not None else None
    if row is None:
        raise Absent(thing=kind.flow.name)
    digest = kind.digest(row)
    entries = Entry.objects.filter(posting_id=row.posting_id) if row.posting_id else Entry.objects.none()
    return Dossier(
        row=row,
        payload_hash=digest.hex(),
        is_unchanged=crypto.equal(digest, bytes(row.payload_hash)),
        events=list(PairEvent.objects.filter(subject=row.public_id).select_related("actor").order_by("id")),
        ledger=list(entries.select_related("posting", "account__owner", "account__coin").order_by("seq")),
        claim=desk_claims.of(kind.subject(row)),
        needs_lead=kind.needs_lead,
    )


def choices(dossier: Dossier, officer: User, *, is_treasury: bool) -> Choices:
    """What the officer may do on this page."""
    row = dossier.row
    if not is_treasury:
        return Choices("You may look; treasury officers decide.")
    if row.owner.pk == officer.pk:
        return Choices("This is about your own money: two other officers are due.")
    if row.state != PairState.PROPOSED:
        return Choices()
    if row.proposer_id == officer.pk:
        return Choices("You proposed this; another officer confirms it. You can take it back.", can_withdraw=True)
    if taken := desk_claims.elsewhere(dossier.claim, officer):
        return Choices(taken)
    if not dossier.is_unchanged:
        return Choices("What was proposed is not what stands there now. It can only be rejected.", can_reject=True)
    if dossier.needs_lead and not officers.has_lead(row.proposer, officer):
        return Choices("One of the two officers has to be a treasury lead. You can reject it.", can_reject=True)
    return Choices(can_confirm=True, can_reject=True)
