"""Shortening a security hold: one officer proposes an earlier end, another one who sees the very same lets it happen.

The hold's row is locked before the proposal's. What moves the end is a trigger upon the proposal that is done, and nothing
else can: the database refuses an earlier end from anybody else.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from django.db import transaction

from accounts.errors.holds import (
    HoldEndInvalid,
    ShorteningAsked,
    ShorteningExpired,
    ShorteningNotSeen,
)
from accounts.errors.privacy import SameOfficer
from accounts.models import HoldShortening, SecurityHold, User
from accounts.models.audit import ActorKind
from accounts.models.shortenings import SHORTENING_FLOW, ShorteningState
from accounts.services import audit, hold_desk
from accounts.services.officers import Act
from config.kit import crypto
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.ids import read_public_id

logger = logging.getLogger(__name__)
ROLES = ("compliance",)
PROPOSAL_HOURS = 24
"""Hours in which the second officer decides; then the proposal is over."""
AT_ONCE_MAX = 100
"""Proposals that one run lets expire; the next run takes the rest."""


def propose(*, hold_id: object, until: datetime | None, seen_until: datetime, act: Act) -> HoldShortening:
    """Propose that a running hold, which the officer saw end at `seen_until`, ends at `until`, or (None) at once.

    Raises ReasonDue, NotAnOfficer, NotACustomer, OwnAccount, Absent, HoldOver, HoldChanged, HoldEndInvalid, ShorteningAsked.
    """
    officer = _officer(act)
    with transaction.atomic():
        hold = hold_desk.locked(hold_id)
        act.require_about(hold.user)
        hold_desk.require_running(hold, seen_until)
        moment = now()
        wanted = _wanted(hold, until, moment)
        _require_none_waits(hold, moment)
        row = HoldShortening(hold=hold, customer=hold.user, until_before=hold.until, until_after=wanted)
        row.proposer, row.proposed_because = officer, act.said
        row.created_at, row.expires_at = moment, moment + timedelta(hours=PROPOSAL_HOURS)
        row.payload_hash = digest(row)
        row.save(force_insert=True)
        _record(act, row)
    return row


def confirm(*, public_id: object, seen_hash: bytes, act: Act) -> HoldShortening:
    """Shorten the hold as another officer proposed, exactly as it was seen; the customer is told.

    Raises ReasonDue, NotAnOfficer, NotACustomer, OwnAccount, Absent, IllegalMove, SameOfficer, ShorteningExpired,
    ShorteningNotSeen, HoldOver, HoldChanged.
    """
    officer = _officer(act)
    with transaction.atomic():
        row = _locked(public_id, act)
        SHORTENING_FLOW.check(row.state, ShorteningState.DONE)
        if row.proposer_id == officer.pk:
            raise SameOfficer
        moment = now()
        if row.expires_at <= moment:
            raise ShorteningExpired(until=hold_desk.text(row.expires_at))
        computed = digest(row)
        if not crypto.equal(computed, bytes(row.payload_hash)) or not crypto.equal(computed, seen_hash):
            raise ShorteningNotSeen
        hold_desk.require_running(row.hold, row.until_before)
        _end(row, ShorteningState.DONE, officer=officer, seen_hash=seen_hash, act=act, moment=moment)
        row.hold.refresh_from_db(fields=["until"])
        hold_desk.tell(row.hold, "hold_shortened")
    return row


def reject(*, public_id: object, seen_hash: bytes, act: Act) -> HoldShortening:
    """Leave the hold as it is: another officer rejects the proposal, whoever made it takes it back.

    Raises ReasonDue, NotAnOfficer, NotACustomer, OwnAccount, Absent, IllegalMove.
    """
    officer = _officer(act)
    with transaction.atomic():
        row = _locked(public_id, act)
        target = ShorteningState.WITHDRAWN if row.proposer_id == officer.pk else ShorteningState.REJECTED
        SHORTENING_FLOW.check(row.state, target)
        _end(row, target, officer=officer, seen_hash=seen_hash, act=act, moment=now())
    return row


def expire_due() -> int:
    """End the proposals that nobody decided in time; how many. May run twice, and beside itself."""
    due = HoldShortening.objects.filter(state=ShorteningState.PROPOSED, expires_at__lte=now()).order_by("pk")
    ended = 0
    for public_id in list(due.values_list("public_id", flat=True)[:AT_ONCE_MAX]):
        with transaction.atomic():
            ended += _expire(_locked(public_id, None))
    return ended


def digest(row: HoldShortening) -> bytes:
    """SHA-256 (32 bytes) over what the row says now: which hold, whose, from when to when."""
    moments = (moment.astimezone(UTC).isoformat(timespec="microseconds") for moment in (row.until_before, row.until_after))
    return crypto.facts_hash("hold_shortening", str(row.public_id), str(row.hold_id), str(row.customer_id), *moments)


def of_customer(customer: User, *, most: int) -> list[HoldShortening]:
    """The newest proposals about the customer's holds, with their officers. One query."""
    rows = HoldShortening.objects.filter(customer=customer).select_related("hold", "proposer", "decider")
    return list(rows.order_by("-id")[:most])


def _officer(act: Act) -> User:
    act.require(*ROLES)
    if act.officer is None:
        raise ValueError("a hold is shortened by officers: two persons have to be told apart")
    return act.officer


def _wanted(hold: SecurityHold, until: datetime | None, moment: datetime) -> datetime:
    wanted = max(moment, hold.started_at + timedelta(microseconds=1)) if until is None else until
    if wanted < moment or wanted >= hold.until:
        raise HoldEndInvalid(until=hold_desk.text(hold.until))
    return wanted


def _require_none_waits(hold: SecurityHold, moment: datetime) -> None:
    waiting = HoldShortening.objects.select_for_update().filter(hold=hold, state=ShorteningState.PROPOSED).first()
    if waiting is None:
        return
    if waiting.expires_at > moment:
        raise ShorteningAsked(number=str(waiting.public_id))
    waiting.hold = hold
    _expire(waiting)


def _locked(public_id: object, act: Act | None) -> HoldShortening:
    """The proposal with its hold, both locked, the hold first. Raises Absent, NotACustomer, OwnAccount."""
    number = read_public_id(public_id)
    known = None if number is None else HoldShortening.objects.select_related("hold").filter(public_id=number).first()
    if known is None:
        raise Absent(thing="proposal to shorten a hold")
    hold = hold_desk.locked(known.hold.public_id)
    row = HoldShortening.objects.select_for_update().get(pk=known.pk)
    row.hold = hold
    if act is not None:
        act.require_about(hold.user)
    return row


def _expire(row: HoldShortening) -> bool:
    """End a locked proposal whose time is over; whether it was."""
    if row.state != ShorteningState.PROPOSED or row.expires_at > now():
        return False
    row.state, row.finished_at = ShorteningState.EXPIRED, now()
    row.save(update_fields=["state", "finished_at"])
    audit.record(actor=None, actor_kind=ActorKind.SYSTEM, act=_name(row), subject=_subject(row), facts=_facts(row))
    return True


def _end(row: HoldShortening, target: ShorteningState, *, officer: User, seen_hash: bytes, act: Act, moment: datetime) -> None:
    row.state, row.decider, row.decided_because = target, officer, act.said
    row.seen_hash, row.finished_at = seen_hash, moment
    row.save(update_fields=["state", "decider", "decided_because", "seen_hash", "finished_at"])
    _record(act, row)
    logger.info("hold shortening ended", extra={"subject": _subject(row), "after": str(target)})


def _record(act: Act, row: HoldShortening) -> None:
    act.record(act=_name(row), subject=_subject(row), facts=_facts(row))


def _name(row: HoldShortening) -> str:
    return f"accounts.hold_shortening_{ShorteningState(row.state).value}"


def _subject(row: HoldShortening) -> str:
    return f"accounts.holdshortening:{row.public_id}"


def _facts(row: HoldShortening) -> dict[str, str]:
    return {
        "customer": str(row.hold.user.uid),
        "hold": str(row.hold.public_id),
        "until_before": hold_desk.text(row.until_before),
        "until_after": hold_desk.text(row.until_after),
        "payload_hash": bytes(row.payload_hash).hex(),
    }
