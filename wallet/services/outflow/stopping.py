"""The switch: one officer stops what leaves in a coin or at all; to let it go on takes two.

Whoever lets money out asks `lock` first and looks afterwards, and whoever stops asks it, too. So once `stop` has answered,
nothing passes a gate any more that had not passed before.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.services.officers import Act
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from wallet.models.outflow import EVERYTHING, OutflowStop
from wallet.services import coins, officers
from wallet.services.outflow.errors import AlreadyStopped, LiftAlreadyAsked, LiftNotAsked, StopLifted
from wallet.services.pairs.errors import SameOfficer

STOP_ROLES = ("treasury", "compliance")
"""Who may stop: it does no harm that can't be undone."""
LIFT_ROLES = ("treasury",)


def lock() -> None:
    """Let nobody else pass a gate, or stop, until the caller's transaction ends.

    The last lock of all: whoever holds it waits for no other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('wallet.outflow', 0))")


def stop(*, scope: str, act: Act) -> OutflowStop:
    """Let nothing more leave in the coin of this code, or at all where `scope` is EVERYTHING.

    Raises ReasonDue, NotAnOfficer, UnknownCoin, AlreadyStopped.
    """
    act.require(*STOP_ROLES)
    coin = None if scope == EVERYTHING else coins.get(scope)
    with transaction.atomic():
        lock()
        try:
            with transaction.atomic():
                made = OutflowStop.objects.create(coin=coin, stopped_by=act.officer, reason=act.said)
        except IntegrityError as refusal:
            if "outflow_stop_stands_once" in str(refusal):
                raise AlreadyStopped(scope=made_of(scope)) from refusal
            raise
        _record(act, "wallet.outflow_stopped", made)
    return made


def made_of(scope: str) -> str:
    """The scope in words."""
    return "Everything" if scope == EVERYTHING else scope


def ask_lift(*, stop_id: Any, act: Act) -> OutflowStop:
    """Ask for the stop to be lifted; another officer has to agree.

    Raises ReasonDue, NotAnOfficer, Absent, StopLifted, LiftAlreadyAsked.
    """
    officer = _officer(act)
    with transaction.atomic():
        found = _locked(stop_id)
        if found.lift_asked_by_id is not None:
            raise LiftAlreadyAsked
        found.lift_asked_by, found.lift_asked_at, found.lift_reason = officer, now(), act.said
        found.save(update_fields=["lift_asked_by", "lift_asked_at", "lift_reason"])
        _record(act, "wallet.outflow_lift_asked", found)
    return found


def agree_lift(*, stop_id: Any, act: Act) -> OutflowStop:
    """Lift the stop that another officer asked to lift.

    Raises ReasonDue, NotAnOfficer, Absent, StopLifted, LiftNotAsked, SameOfficer, LeadDue.
    """
    officer = _officer(act)
    with transaction.atomic():
        found = _locked(stop_id)
        if found.lift_asked_by is None:
            raise LiftNotAsked
        if found.lift_asked_by_id == officer.pk:
            raise SameOfficer
        officers.require_lead(found.lift_asked_by, officer)
        found.lifted_by, found.lifted_at, found.lifted_because = officer, now(), act.said
        found.save(update_fields=["lifted_by", "lifted_at", "lifted_because"])
        _record(act, "wallet.outflow_lifted", found)
    return found


def standing() -> list[OutflowStop]:
    """The stops in force, that of everything first, then the oldest."""
    rows = OutflowStop.objects.filter(lifted_at__isnull=True).select_related("coin", "stopped_by", "lift_asked_by")
    return sorted(rows, key=lambda row: (row.coin_id is not None, row.since, row.pk))


def stopped_because(coin_id: int) -> str:
    """Why nothing leaves in the coin, or nothing."""
    return because(standing(), coin_id)


def because(stops: list[OutflowStop], coin_id: int) -> str:
    """Why nothing leaves in the coin by these stops, or nothing."""
    for one in stops:
        if one.coin_id in {None, coin_id}:
            return f"officers stopped {made_of(one.scope).lower() if one.coin_id is None else one.scope}: {one.reason}"
    return ""


def _officer(act: Act) -> User:
    act.require(*LIFT_ROLES)
    if act.officer is None:
        raise ValueError("to lift a stop is an officer's act: two persons have to be told apart")
    return act.officer


def _locked(stop_id: Any) -> OutflowStop:
    number = read_public_id(stop_id)
    rows = OutflowStop.objects.select_for_update(of=("self",)).select_related("coin")
    found = rows.filter(public_id=number).first() if number is not None else None
    if found is None:
        raise Absent(thing="stop")
    if found.lifted_at is not None:
        raise StopLifted
    return found


def _record(act: Act, name: str, found: OutflowStop) -> None:
    act.record(act=name, subject=f"wallet.outflowstop:{found.public_id}", facts={"scope": found.scope})
