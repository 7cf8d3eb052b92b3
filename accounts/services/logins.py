"""The log that each customer can read: sign-ins, and every act that touched the account."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import LoginRecord, User
from accounts.models.logins import LoginAct
from accounts.services import clients
from accounts.services.clients import Client
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from messaging.models import Channel

SIGN_INS = frozenset(
    {
        LoginAct.REGISTERED,
        LoginAct.LOGIN,
        LoginAct.LOGIN_FAILED,
        LoginAct.SECOND_FACTOR_FAILED,
        LoginAct.LOGOUT,
        LoginAct.LOGOUT_ALL,
        LoginAct.SESSION_REVOKED,
    }
)
"""What the shorter list shows: who came in, who tried to, and who went."""


def note(*, user: User, act: LoginAct, client: Client | None = None) -> LoginRecord:
    """Write one line of the log, in the caller's transaction. Without a client: an officer, a worker or the chain did it."""
    if client is None:
        return LoginRecord.objects.create(user=user, act=act, at=now())
    return LoginRecord.objects.create(
        user=user,
        act=act,
        at=now(),
        ip=client.ip,
        place=client.place,
        city=client.city,
        device=client.device,
        os=client.os,
        browser=client.browser,
    )


def note_sent(*, user: User, channel: str, ip: str) -> LoginRecord:
    """Write down that a code was sent to the user, by which channel and for whose request."""
    act = LoginAct.SMS_SENT if channel == Channel.SMS else LoginAct.EMAIL_SENT
    return note(user=user, act=act, client=clients.describe(ip=ip, user_agent=""))


def of(user: User) -> QuerySet[LoginRecord]:
    """The user's lines; the caller orders and cuts."""
    return LoginRecord.objects.filter(user=user)


def sign_ins(user: User) -> QuerySet[LoginRecord]:
    """The lines about sign-ins only; the caller orders and cuts."""
    return of(user).filter(act__in=SIGN_INS)


def page(
    user: User,
    *,
    acts: Collection[str],
    since: datetime | None = None,
    until: datetime | None = None,
    after: str = "",
    limit: int,
) -> list[LoginRecord]:
    """The newest lines of these acts, at most `limit`; of those older than the line `after` (its id) where one is named.

    Raises Absent where the customer has no such line.
    """
    found = activity(user, acts=acts, since=since, until=until)
    if after:
        known = of(user).filter(public_id=read_public_id(after) or 0).values_list("pk", flat=True).first()
        if known is None:
            raise Absent(thing="line of the log")
        found = found.filter(pk__lt=known)
    return list(found.order_by("-pk")[:limit])


def last_sign_in(user: User) -> LoginRecord | None:
    """The latest line of a whole sign-in; None where there was none."""
    return of(user).filter(act=LoginAct.LOGIN).order_by("-id").first()


def activity(
    user: User, *, acts: Collection[str] = (), since: datetime | None = None, until: datetime | None = None
) -> QuerySet[LoginRecord]:
    """The lines of these acts (all where none is named), at or after `since` and before `until`; the caller orders and cuts."""
    found = of(user)
    if acts:
        found = found.filter(act__in=acts)
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    return found
