"""What operators do for one customer at the console: end sessions, and lift the locks of failed attempts."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts.models import KnownDevice, User
from accounts.models.attempts import Scope
from accounts.models.logins import LoginAct
from accounts.models.sessions import EndCause
from accounts.services import attempts, factor_attempts, logins, names, sessions
from accounts.services.attempts import Subject
from accounts.services.clients import Client
from accounts.services.officers import Act
from accounts.services.recovery_rows import tag
from messaging.models import Channel


def end_sessions(*, customer: User, act: Act, client: Client, roles: Sequence[str] = ()) -> int:
    """End every session of the customer, on all dialects, and what app tokens would open; how many there were.

    An officer needs one of the roles; an operator at the console none.
    Raises ReasonDue, NotAnOfficer, NotACustomer, OwnAccount.
    """
    act.require(*roles)
    act.require_about(customer)
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=customer.pk)
        ended = sessions.end_all(user=locked, cause=EndCause.LOGOUT_ALL)
        logins.note(user=locked, act=LoginAct.LOGOUT_ALL, client=client)
        act.record(act="accounts.sessions_ended", subject=f"accounts.user:{locked.uid}", facts={"sessions": str(ended)})
    return ended


def unlock(*, customer: User, act: Act) -> int:
    """Forget the failed attempts at the customer's names, devices, second factor and trade password; how many locks ran.

    Locks of network addresses stay: they are not the customer's. Raises ReasonDue, NotACustomer, OwnAccount.
    """
    act.require()
    act.require_about(customer)
    subjects = _subjects(customer)
    with transaction.atomic():
        locked = sum(attempts.standing(subject)[1] for subject in subjects)
        attempts.forget(subjects)
        act.record(act="accounts.unlocked", subject=f"accounts.user:{customer.uid}", facts={"locks": str(locked)})
    return locked


def _subjects(customer: User) -> list[Subject]:
    contacts = ((Channel.EMAIL, customer.email), (Channel.SMS, customer.phone))
    called = [text for text in (customer.email, customer.phone, customer.username, str(customer.uid)) if text]
    counted = [names.read(text).counted for text in called]
    return [
        *(Subject(Scope.NAME, name) for name in counted),
        *(Subject(Scope.RECOVERY, tag(way, address).hex()) for way, address in contacts if address),
        Subject(Scope.NAME, f"account:{customer.pk}"),
        *(Subject(Scope.DEVICE, str(key)) for key in KnownDevice.objects.filter(user=customer).values_list("pk", flat=True)),
        factor_attempts.subject_of(customer.pk),
        Subject(Scope.TRADE_PASSWORD, str(customer.pk)),
        Subject(Scope.RECEIVER, str(customer.pk)),
    ]
