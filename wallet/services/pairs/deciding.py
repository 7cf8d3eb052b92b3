"""Proposing, confirming, rejecting and taking back: the same for everything that takes two officers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.services import audit
from config.kit import crypto
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.flow import Flow
from config.kit.ids import read_public_id
from wallet.errors import IdempotencyConflict
from wallet.models.pairs import Pair, PairEvent, PairMatter, PairState
from wallet.services import desk_claims, officers
from wallet.services.moving import moved
from wallet.services.pairs.errors import OwnMoney, SameOfficer
from wallet.services.retries import retried
from wallet.services.withdrawals.errors import PayloadChanged

log = logging.getLogger(__name__)

P = TypeVar("P", bound=Pair)


@dataclass(frozen=True)
class PairKind(Generic[P]):
    """One sort of proposal: how its facts are hashed, and what happens when it is confirmed.

    `facts` are all that is decided about, as text. `apply` moves the money in the caller's transaction and gives the
    posting's id with further fields of the row; `done` tells whoever has to hear of it, once the row has ended.
    """

    matter: PairMatter
    model: type[P]
    flow: Flow
    related: tuple[str, ...]
    facts: Callable[[P], Sequence[str]]
    apply: Callable[[P, User], tuple[int, dict[str, Any]]]
    done: Callable[[P], None]
    needs_lead: bool = False
    """Whether one of the two officers has to be a treasury lead."""

    def rows(self) -> QuerySet[P]:
        """All of its proposals, with what one shows of them."""
        manager = self.model.objects  # type: ignore[attr-defined]  # every table of ours has its manager
        found: QuerySet[P] = manager.select_related("proposer", "decider", *self.related)
        return found

    def digest(self, row: P) -> bytes:
        """SHA-256 (32 bytes) over what the row says now, each fact parted unmistakably."""
        return crypto.facts_hash(self.matter.value, str(row.public_id), *self.facts(row))

    def subject(self, row: P) -> str:
        """Under which name the desk claims it and the log keeps it."""
        return f"{self.matter.value}:{row.public_id}"


def propose(kind: PairKind[P], row: P, *, officer: User, reason: str, key: object = None) -> P:
    """Write a proposal down, in the caller's transaction; the same `key` (a public id) and facts give the same one.

    Raises NotAnOfficer, ReasonMissing, OwnMoney, IdempotencyConflict.
    """
    row.proposed_because = officers.require(officer, reason)
    row.proposer = officer
    if row.owner.pk == officer.pk:
        raise OwnMoney
    number = read_public_id(key)
    if number is not None:
        row.public_id = number
        if (known := kind.rows().filter(public_id=number).first()) is not None:
            if known.proposer_id != officer.pk or bytes(known.payload_hash) != kind.digest(row):
                raise IdempotencyConflict
            return known
    row.payload_hash = kind.digest(row)
    row.created_at = row.state_since = now()
    row.save(force_insert=True)
    _write_event(kind, row, before="", officer=officer, reason=row.proposed_because)
    return row


@retried
def confirm(kind: PairKind[P], *, public_id: Any, officer: User, reason: str, seen_hash: bytes) -> P:
    """Let happen what another officer proposed, exactly as it was seen: money, row and event in one transaction.

    Raises Absent, NotAnOfficer, ReasonMissing, OwnMoney, SameOfficer, LeadDue, ClaimedByAnother, PayloadChanged, IllegalMove,
    and what the movement itself refuses.
    """
    with transaction.atomic():
        row, reason = _locked(kind, public_id=public_id, officer=officer, reason=reason)
        kind.flow.check(row.state, PairState.DONE)
        if row.proposer_id == officer.pk:
            raise SameOfficer
        if kind.needs_lead:
            officers.require_lead(row.proposer, officer)
        digest = kind.digest(row)
        if not crypto.equal(digest, bytes(row.payload_hash)) or not crypto.equal(digest, seen_hash):
            raise PayloadChanged
        posting_id, changes = kind.apply(row, officer)
        said = {"decider_id": officer.pk, "decided_because": reason, "seen_hash": seen_hash, "posting_id": posting_id}
        _move(kind, row, PairState.DONE, officer=officer, reason=reason, **said, **changes)
        kind.done(row)
    return row


@retried
def reject(kind: PairKind[P], *, public_id: Any, officer: User, reason: str, seen_hash: bytes) -> P:
    """Let it not happen: another officer rejects it, whoever proposed it takes it back.

    Raises Absent, NotAnOfficer, ReasonMissing, OwnMoney, ClaimedByAnother, IllegalMove.
    """
    with transaction.atomic():
        row, reason = _locked(kind, public_id=public_id, officer=officer, reason=reason)
        target = PairState.WITHDRAWN if row.proposer_id == officer.pk else PairState.REJECTED
        said = {"decider_id": officer.pk, "decided_because": reason, "seen_hash": seen_hash}
        _move(kind, row, target, officer=officer, reason=reason, **said)
    return row


def _locked(kind: PairKind[P], *, public_id: Any, officer: User, reason: str) -> tuple[P, str]:
    """The locked row and the reason, once it is sure that this officer may decide about it."""
    reason = officers.require(officer, reason)
    number = read_public_id(public_id)
    rows = kind.rows().select_for_update(of=("self",))
    row = None if number is None else rows.filter(public_id=number).first()
    if row is None:
        raise Absent(thing=kind.flow.name)
    if row.owner.pk == officer.pk:
        raise OwnMoney
    desk_claims.require_free(kind.subject(row), officer)
    return row, reason


def _move(kind: PairKind[P], row: P, target: PairState, *, officer: User, reason: str, **changes: Any) -> None:
    before = moved(row, kind.flow, target, **changes)
    _write_event(kind, row, before=before, officer=officer, reason=reason)


def _write_event(kind: PairKind[P], row: P, *, before: str, officer: User, reason: str) -> None:
    PairEvent.objects.create(
        matter=kind.matter,
        subject=row.public_id,
        state_before=before,
        state_after=row.state,
        actor=officer,
        actor_kind="staff",
        reason=reason,
    )
    amount, coin = row.money
    audit.record(
        actor=officer,
        actor_kind="staff",
        act=f"wallet.{kind.matter.value}_{row.state}",
        subject=f"wallet.{kind.subject(row)}",
        reason=reason,
        facts={
            "customer": str(row.owner.uid),
            "amount": amount,
            "coin": coin.code,
            "payload_hash": bytes(row.payload_hash).hex(),
        },
    )
    log.info("proposal moved", extra={"subject": kind.subject(row), "before": before, "after": str(row.state)})
