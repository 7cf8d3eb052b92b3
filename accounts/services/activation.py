"""Activation: who opened an account unproven shows a code from its mailbox; until then the account blocks nobody."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from accounts.errors import AlreadyActivated
from accounts.models import Session, Status, User
from accounts.models.logins import LoginAct
from accounts.models.sessions import EndCause, Level
from accounts.services import audit, changes, login, sessions
from accounts.services.clients import Client
from config.kit.clock import now
from messaging.models import Channel, Purpose
from messaging.services import codes
from messaging.services.codes import SentCode
from messaging.services.notices import notify

EXPIRED_AT_ONCE_MAX = 500
"""Accounts that one round of housekeeping ends."""


def send_code(user: User, *, language: str, ip: str) -> SentCode:
    """Mail the code that activates this account and no other, also one opened for the same address later.

    Raises AlreadyActivated, TooManyCodes.
    """
    if user.status != Status.NOT_ACTIVATED or not user.email:
        raise AlreadyActivated
    return codes.send(
        purpose=Purpose.ACTIVATION, channel=Channel.EMAIL, destination=user.email, user=user, language=language, ip=ip
    )


def activate(*, session: Session, code: str, client: Client) -> login.SignIn:
    """Show the code: the account is a whole one from here on, and the session rises with a new token.

    Only who knows the password that the account was opened with has such a session: the mailbox's owner alone can't
    be led to activate somebody else's account.
    Raises AlreadyActivated, WrongCode, CodeExpired, TooManyAttempts; RuntimeError inside a transaction.
    """
    user = session.user
    if user.status != Status.NOT_ACTIVATED or not user.email:
        raise AlreadyActivated
    codes.verify(purpose=Purpose.ACTIVATION, channel=Channel.EMAIL, destination=user.email, code=code, user=user)
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        opened = sessions.rise(session=session, level=Level.FULL)
        if locked.status != Status.NOT_ACTIVATED or locked.email != user.email or opened is None:
            raise AlreadyActivated
        locked.status = Status.NORMAL
        locked.save(update_fields=["status"])
        facts = {"email": locked.email}
        changes.follow(user=locked, act=LoginAct.EMAIL_BOUND, client=client, session=session, tell=False, facts=facts)
        notify(user=locked, template="registration_done", facts={})
    return login.SignIn(opened.session, opened.token)


def make_way(*, email: str, but: User | None = None) -> None:
    """End the account that waits for activation under this email, in the transaction of who proved it (or opens anew).

    Its names are free from here on and its sessions end.
    """
    waiting = User.objects.select_for_update(no_key=True).filter(email=email, status=Status.NOT_ACTIVATED)
    for user in waiting.order_by("pk"):
        if user != but:
            _end(user)


def expire() -> int:
    """End accounts that were not activated for days; how many."""
    old = now() - timedelta(days=settings.UNACTIVATED_KEPT_DAYS)
    with transaction.atomic():
        waiting = User.objects.select_for_update(no_key=True, skip_locked=True)
        ended = list(waiting.filter(status=Status.NOT_ACTIVATED, registered_at__lt=old).order_by("pk")[:EXPIRED_AT_ONCE_MAX])
        for user in ended:
            _end(user)
    return len(ended)


def _end(user: User) -> None:
    user.status, user.email, user.username = Status.DELETED, None, None
    user.save(update_fields=["status", "email", "username"])
    sessions.end_all(user=user, cause=EndCause.STATUS)
    audit.record(
        actor=None,
        actor_kind="system",
        act="accounts.unactivated_ended",
        subject=f"accounts.user:{user.uid}",
    )
