"""Officers who may act no more, or again, and officers whose authenticator is lost."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.errors import NotAnOfficer, StaffInvalid
from accounts.models import User
from accounts.models.users import Status
from accounts.services import staff, totp
from accounts.services.officers import Act
from messaging.errors import InvalidEmail
from messaging.services.destinations import normalise_email

OPERATOR = "operator"
"""The role of whoever may give an officer another authenticator, never alone."""
WITNESSES = 2


@dataclass(frozen=True, repr=False)
class Witness:
    """An operator with a code of the own authenticator."""

    email: str
    code: str


def find(email: str) -> User:
    """The officer of this email. Raises StaffInvalid: there is none."""
    try:
        address = normalise_email(email)
    except InvalidEmail:
        address = ""
    found = User.objects.filter(email=address, is_staff=True).first() if address else None
    if found is None:
        raise StaffInvalid(reason="There is no officer with this email.")
    return found


def disable(*, officer: User, act: Act) -> None:
    """Let an officer act no more, from this moment on: cookies are dead, sign-in is refused, the history stays.

    Raises ReasonDue, StaffInvalid (is disabled already).
    """
    _set_status(
        officer, Status.SUSPENDED, act=act, name="accounts.officer_disabled", already="The officer is disabled already."
    )


def enable(*, officer: User, act: Act) -> None:
    """Let an officer act again, with the password and authenticator of before. Raises ReasonDue, StaffInvalid."""
    _set_status(officer, Status.NORMAL, act=act, name="accounts.officer_enabled", already="The officer is not disabled.")


def reset_factor(*, officer: User, witnesses: Sequence[Witness], act: Act) -> bytes:
    """Bind another authenticator to an officer, whose seed (20 bytes) is answered once; cookies of before are dead.

    Two operators show a code of their own authenticators: neither of them is the officer, and both may act.
    Call it outside a transaction: each code is used up, whatever becomes of the rest.
    Raises ReasonDue, StaffInvalid (too few, the same twice, or the officer), NotAnOfficer, CodeRefused.
    """
    act.require()
    seen = require_witnesses(officer=officer, emails=[witness.email for witness in witnesses])
    for one, witness in zip(seen, witnesses, strict=True):
        staff.prove(one, witness.code)
    seed = secrets.token_bytes(totp.SEED_BYTES)
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=officer.pk, is_staff=True)
        locked.credentials_epoch += 1
        locked.save(update_fields=["credentials_epoch"])
        staff.bind_authenticator(locked, seed)
        facts = {"witnesses": ",".join(str(one.uid) for one in seen)}
        act.record(act="accounts.officer_factor_reset", subject=f"accounts.user:{locked.uid}", facts=facts)
    return seed


def require_witnesses(*, officer: User, emails: Sequence[str]) -> list[User]:
    """The two operators who may stand by for this officer. Raises StaffInvalid, NotAnOfficer."""
    seen = [find(email) for email in emails]
    if len(seen) != WITNESSES or len({one.pk for one in seen}) != WITNESSES or officer in seen:
        raise StaffInvalid(reason="Two operators are due, neither of them the officer.")
    if not all(staff.has_role(one, OPERATOR) for one in seen):
        raise NotAnOfficer(roles=OPERATOR)
    return seen


def _set_status(officer: User, status: Status, *, act: Act, name: str, already: str) -> None:
    act.require()
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=officer.pk, is_staff=True)
        if (status == Status.NORMAL) == locked.is_active:
            raise StaffInvalid(reason=already)
        locked.status = status
        locked.credentials_epoch += 1
        locked.save(update_fields=["status", "credentials_epoch"])
        act.record(act=name, subject=f"accounts.user:{locked.uid}", facts={})
