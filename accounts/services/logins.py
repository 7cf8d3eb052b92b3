"""The log of sign-ins that each customer can read."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import LoginRecord, User
from accounts.models.logins import LoginAct
from accounts.services.clients import Client
from config.kit.clock import now


def note(*, user: User, act: LoginAct, client: Client) -> LoginRecord:
    """Write one line of the log."""
    return LoginRecord.objects.create(
        user=user,
        act=act,
        at=now(),
        ip=client.ip,
        place=client.place,
        city=client.city,
        device=client.device,
        browser=client.browser,
    )


def of(user: User) -> QuerySet[LoginRecord]:
    """The user's lines; the caller orders and cuts."""
    return LoginRecord.objects.filter(user=user)
