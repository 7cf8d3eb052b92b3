"""Activation by a name: for a dialect whose clients show the mailed code before they sign in."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from accounts.models import Status, User
from accounts.models.logins import LoginAct
from accounts.services import attempts, changes, names, sessions
from accounts.services.clients import Client
from messaging.errors import WrongCode
from messaging.models import Channel, Purpose
from messaging.services import codes
from messaging.services.notices import notify

NOBODY = 0
"""A key that no user has."""
NOWHERE = "nobody@unknown.invalid"
"""The mailbox of who has no account that waits."""


def activate(*, login: str, code: str, client: Client) -> User:
    """Show the code that was mailed when the account of this name was opened: it is a whole one from here on.

    Names that nobody has, or that wait for nothing, are refused like a wrong code; a failure counts at its address. The
    account's open sessions are full from here on, with the tokens that they have.
    Raises AddressLocked, WrongCode, CodeExpired, TooManyAttempts; RuntimeError inside a transaction.
    """
    tried = attempts.begin_at_address(client.ip)
    user = _waiting(names.read(login).query)
    address = (user.email if user is not None else None) or NOWHERE
    codes.verify(
        purpose=Purpose.ACTIVATION, channel=Channel.EMAIL, destination=address, code=code, user=user or User(pk=NOBODY)
    )
    if user is None:
        raise WrongCode  # no code is ever made for nobody
    attempts.give_back(tried.subject)
    return _activated(user, client)


def _waiting(query: Q | None) -> User | None:
    """The account of the name that waits for its activation; asked of the database also where there can be none."""
    return User.objects.filter(query or Q(pk=NOBODY), status=Status.NOT_ACTIVATED, email__isnull=False).first()


def _activated(user: User, client: Client) -> User:
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if locked.status != Status.NOT_ACTIVATED or locked.email != user.email:
            raise WrongCode  # a request at the same time was first
        locked.status = Status.NORMAL
        locked.save(update_fields=["status"])
        sessions.raise_low(locked)
        facts = {"email": locked.email or ""}
        changes.follow(user=locked, act=LoginAct.EMAIL_BOUND, client=client, tell=False, facts=facts)
        notify(user=locked, template="registration_done", facts={})
    return locked
