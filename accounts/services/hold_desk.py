"""Security holds as officers set them: one sets or lengthens a hold; to shorten one takes two (`hold_shortening`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.errors.holds import HoldChanged, HoldLengthInvalid, HoldOver
from accounts.models import SecurityHold, User
from accounts.models.holds import Cause
from accounts.services import holds
from accounts.services.officers import Act
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from messaging.services.notices import notify

ROLES = ("support", "compliance", "treasury")
"""Who may set and lengthen holds: whoever could hear that a customer was robbed."""
HOURS_MAX = 30 * 24
"""Hours that one act sets or adds, at most."""


def set_hold(*, customer: User, hours: int, act: Act) -> SecurityHold:
    """Let no money leave the customer for so many hours. The customer is told until when, the reason stays with us.

    Raises ReasonDue, NotAnOfficer, NotACustomer, OwnAccount, HoldLengthInvalid.
    """
    act.require(*ROLES)
    act.require_about(customer)
    _require_hours(hours)
    with transaction.atomic():
        made = holds.start(user=customer, cause=Cause.STAFF, hours=hours)
        record(act, "accounts.hold_set", made)
        tell(made, "hold_set")
    return made


def lengthen(*, hold_id: object, hours: int, seen_until: datetime, act: Act) -> SecurityHold:
    """Let a running hold end so many hours later than `seen_until`, its end as the officer saw it.

    Raises ReasonDue, NotAnOfficer, NotACustomer, OwnAccount, HoldLengthInvalid, Absent, HoldOver, HoldChanged.
    """
    act.require(*ROLES)
    _require_hours(hours)
    with transaction.atomic():
        hold = locked(hold_id)
        act.require_about(hold.user)
        require_running(hold, seen_until)
        before, hold.until = hold.until, hold.until + timedelta(hours=hours)
        hold.save(update_fields=["until"])
        record(act, "accounts.hold_lengthened", hold, until_before=text(before))
        tell(hold, "hold_set")
    return hold


def locked(hold_id: object) -> SecurityHold:
    """The hold of this public id with its customer, its row locked until the caller's transaction ends. Raises Absent."""
    number = read_public_id(hold_id)
    rows = SecurityHold.objects.select_for_update(of=("self",)).select_related("user__parent")
    found = None if number is None else rows.filter(public_id=number).first()
    if found is None:
        raise Absent(thing="security hold")
    return found


def require_running(hold: SecurityHold, until: datetime) -> None:
    """Promise that a locked hold runs and ends at `until`. Raises HoldOver, HoldChanged."""
    if hold.until <= now():
        raise HoldOver
    if hold.until != until:
        raise HoldChanged(until=text(hold.until))


def record(act: Act, name: str, hold: SecurityHold, **more: str) -> None:
    """Write what an officer did about the hold to the audit log, in the caller's transaction."""
    facts = {"customer": str(hold.user.uid), "cause": hold.cause, "until": text(hold.until), **more}
    act.record(act=name, subject=f"accounts.securityhold:{hold.public_id}", facts=facts)


def tell(hold: SecurityHold, template: str) -> None:
    """Tell the customer until when money waits, in the caller's transaction."""
    notify(user=hold.user, template=template, facts={"until": text(hold.until)})


def text(moment: datetime) -> str:
    """`2026-12-01 10:35 UTC`."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _require_hours(hours: int) -> None:
    if not 1 <= hours <= HOURS_MAX:
        raise HoldLengthInvalid(hours_max=HOURS_MAX)
