"""Codes that are asked for by a log-in name, for a dialect that has one door for all of them.

What the code is for comes from the account's state: activation while it waits for that, recovery of the password after
that. The door answers alike for names that nobody has, takes as long, and counts the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from accounts.errors import AccountUnknown
from accounts.models import Session, Status, User
from accounts.services import activation, captcha_doors, code_requests, names, password_recovery, recovery_rows, strictness
from accounts.services.captcha_doors import Captcha, Door
from accounts.services.clients import Client
from messaging.models import Channel, Purpose
from messaging.services.destinations import normalise_phone

NOBODY = 0
"""A key that no user has."""
HIDDEN = "***"
"""What stands for an address that the asker did not name and need not know."""
EMAIL_NAME = "email:"
"""How names begin that are emails, as they are counted."""
HERE = Captcha(is_waived=True)
"""The captcha was taken at this door already."""


@dataclass(frozen=True)
class Asked:
    """Where a code goes, as the asker may read it."""

    channel: Channel
    shown: str


def send(*, login: str, phone: str | None, session: Session | None, language: str, client: Client, captcha: Captcha) -> Asked:
    """Send a code to the mailbox of the account, or to the `phone` that was named.

    A phone gets one where it is the account's own, or where its owner is signed in (`session`) and verifies it.
    Raises InvalidPhone, TooManyCodes, AlreadyActivated (a request at the same time was first), LevelTooLow,
    NotForSubAccounts, what a captcha raises; AccountUnknown only where STRICT_CODES is on.
    """
    wanted = normalise_phone(phone) if phone else None
    captcha_doors.ask(Door.RECOVERY_CODE, captcha, ip=client.ip)
    name = names.read(login)
    user = User.objects.filter(name.query or Q(pk=NOBODY), is_staff=False).exclude(status=Status.DELETED).first()
    is_owner = session is not None and session.user == user
    if wanted and is_owner:
        code_requests.ask(purpose=Purpose.KYC_PHONE, email=None, phone=wanted, session=session, language=language, ip=client.ip)
        return Asked(Channel.SMS, wanted)
    if user is None and strictness.may_tell(client.ip):
        raise AccountUnknown
    _send(user, wanted, name=name.counted, language=language, client=client)
    if wanted:
        return Asked(Channel.SMS, wanted)
    own = user.email if user is not None and is_owner else None
    return Asked(Channel.EMAIL, own or (login if "@" in login else HIDDEN))


def _send(user: User | None, phone: str | None, *, name: str, language: str, client: Client) -> None:
    """To the address that the account has; a word that there is none to an email that nobody has; else nothing to nobody."""
    if user is not None and user.status == Status.NOT_ACTIVATED and user.email and not phone:
        activation.send_code(user, language=language, ip=client.ip)
        return
    if user is None and name.startswith(EMAIL_NAME) and not phone:
        address = name.removeprefix(EMAIL_NAME)
        password_recovery.start(channel=Channel.EMAIL, destination=address, language=language, client=client, captcha=HERE)
        return
    may = user is not None and recovery_rows.may_recover(user)
    channel = Channel.SMS if phone else Channel.EMAIL
    own = (user.phone if phone else user.email) if user is not None and may else None
    if own and (not phone or own == phone):
        password_recovery.start(channel=channel, destination=own, language=language, client=client, captcha=HERE)
    else:
        password_recovery.start_for_nobody(name=f"{name} {phone or ''}", language=language, client=client)
