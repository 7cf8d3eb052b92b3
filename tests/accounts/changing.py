"""What tests of changes do again and again: ask for a code, read it, and look at what followed."""

from __future__ import annotations

from typing import Any

from accounts.models import LoginRecord, SecurityHold, Session, User
from accounts.services import login
from accounts.services.second_factor import Proof
from messaging.models import Message
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, customer
from tests.factories_messaging import pass_time_for_resend, read_code

NEW = "another horse, another battery"
PHONE = "+886912345678"
OTHER_PHONE = "+886987654321"


def reachable(*, email: str = "alice@example.com", phone: str = PHONE, **changes: Any) -> User:
    """A customer with both channels, whose account is no new one."""
    user = customer(email=email)
    User.objects.filter(pk=user.pk).update(phone=phone, **changes)
    return settled(user)


def settled(user: User) -> User:
    """The customer as a day and more after the registration: nothing is set up without a hold any more."""
    from datetime import timedelta

    User.objects.filter(pk=user.pk).update(registered_at=user.registered_at - timedelta(days=2))
    Message.objects.all().delete()
    user.refresh_from_db()
    return user


def session_of(user: User) -> Session:
    """A new session of a customer without a second factor."""
    return login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session


def code_of(api: Api, purpose: str, destination: str, token: str, **named: str) -> str:
    """The code for the purpose, as the customer reads it at the destination."""
    pass_time_for_resend()
    answer = api.post("/api/v1/codes", {"purpose": purpose, **named}, token=token)
    assert answer.status_code == 202, answer.json()
    return read_code(destination)


def holds_of(user: User) -> list[tuple[str, int]]:
    """Cause and hours of each hold."""
    return [
        (hold.cause, round((hold.until - hold.started_at).total_seconds() / 3600))
        for hold in SecurityHold.objects.filter(user=user).order_by("pk")
    ]


def acts_of(user: User) -> list[str]:
    """The acts of the log, oldest first, without the log-ins."""
    return [act for act in LoginRecord.objects.filter(user=user).order_by("pk").values_list("act", flat=True) if act != "login"]


def told(template: str) -> set[str]:
    """The masked destinations of the messages of a template."""
    return set(Message.objects.filter(template=template).values_list("destination_masked", flat=True))


def open_sessions(user: User) -> int:
    """How many sessions are open."""
    return Session.objects.filter(user=user, ended_at__isnull=True).count()


def shown(code: str, method: str = "") -> Proof:
    """A proof."""
    return Proof(method=method, code=code)
