"""Email, phone and user name of an account: bound, changed, removed, each with what it can do to the owner.

What is new is proven by a code that was sent there, what it replaces by a code of its own, and who asks by the second
factor. Who can't read the old address any more removes it first: against the strong factor, or where none is bound
against a code of the other channel.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation

from accounts.errors import (
    ContactInUse,
    ContactNotBound,
    ContactTaken,
    ContactUnchanged,
    LastContact,
    NotForSubAccounts,
    OldContactDue,
    UsernameAlreadySet,
    UsernameTaken,
)
from accounts.models import Session, Status, User
from accounts.models.holds import Cause
from accounts.models.logins import LoginAct
from accounts.models.sessions import EndCause
from accounts.services import activation, changes, names, recovery_rows, second_factor, strictness
from accounts.services.clients import Client
from accounts.services.second_factor import Proof
from messaging.models import Channel, Purpose
from messaging.services import codes
from messaging.services.codes import SentCode
from messaging.services.destinations import mask, normalise


@dataclass(frozen=True)
class Contact:
    """One of the two ways to reach a customer: all that differs between email and phone."""

    name: str
    channel: Channel
    bind: Purpose
    change: Purpose
    unbind: Purpose
    bound: LoginAct
    changed: LoginAct
    unbound: LoginAct
    cause: Cause

    def of(self, user: User) -> str:
        """What the user has bound, or nothing."""
        return str(getattr(user, self.name) or "")

    def told(self, destination: str) -> dict[str, str]:
        """How a notice names it: masked."""
        return {self.name: mask(self.channel, destination)}


EMAIL = Contact(
    name="email",
    channel=Channel.EMAIL,
    bind=Purpose.EMAIL_BIND,
    change=Purpose.EMAIL_CHANGE,
    unbind=Purpose.EMAIL_UNBIND,
    bound=LoginAct.EMAIL_BOUND,
    changed=LoginAct.EMAIL_CHANGED,
    unbound=LoginAct.EMAIL_UNBOUND,
    cause=Cause.EMAIL,
)
PHONE = Contact(
    name="phone",
    channel=Channel.SMS,
    bind=Purpose.PHONE_BIND,
    change=Purpose.PHONE_CHANGE,
    unbind=Purpose.PHONE_UNBIND,
    bound=LoginAct.PHONE_BOUND,
    changed=LoginAct.PHONE_CHANGED,
    unbound=LoginAct.PHONE_UNBOUND,
    cause=Cause.PHONE,
)
BY_PURPOSE = {contact.bind: contact for contact in (EMAIL, PHONE)} | {contact.change: contact for contact in (EMAIL, PHONE)}
"""Whose purposes they are: the codes that prove the new destination, and the old one."""


def send_code(*, user: User, purpose: str, destination: str, language: str, ip: str) -> SentCode:
    """Send the code that proves the `destination` to be bound, or (for a change) the one that proves the present one.

    A destination that another account has gets a mail that says so, and the answer is the same (ContactTaken only where
    STRICT_CODES is on).
    Raises InvalidEmail, InvalidPhone, NotForSubAccounts, PhoneCountryClosed, ContactUnchanged, ContactNotBound,
    TooManyCodes.
    """
    contact = BY_PURPOSE[Purpose(purpose)]
    if purpose == contact.change:
        present = contact.of(user)
        if not present:
            raise ContactNotBound(channel=contact.name)
        return codes.send(purpose=purpose, channel=contact.channel, destination=present, user=user, language=language, ip=ip)
    wanted = _new(contact, user, destination)
    taken = _is_anothers(contact, user, wanted)
    if taken and strictness.may_tell(ip):
        raise ContactTaken(channel=contact.name)
    return codes.send(
        purpose=purpose,
        channel=contact.channel,
        destination=wanted,
        user=user,
        language=language,
        ip=ip,
        account_exists=taken,
    )


def _new(contact: Contact, user: User, destination: str) -> str:
    """The destination as it will be kept.

    Raises InvalidEmail, InvalidPhone, NotForSubAccounts, PhoneCountryClosed, ContactUnchanged.
    """
    wanted = normalise(contact.channel, destination)
    if user.parent_id is not None:
        raise NotForSubAccounts
    if contact is PHONE:
        names.check_phone_country(wanted)
    if wanted == contact.of(user):
        raise ContactUnchanged(channel=contact.name)
    return wanted


def _is_anothers(contact: Contact, user: User, destination: str) -> bool:
    """Whether another account has it; one that nobody activated gives way to who proves the address."""
    owners = User.objects.filter(**{contact.name: destination}).exclude(status=Status.NOT_ACTIVATED)
    return owners.exclude(pk=user.pk).exists()


def bind(
    *,
    contact: Contact,
    user: User,
    destination: str,
    code: str,
    old_code: str = "",
    order: str | None = None,
    proof: Proof | None,
    session: Session | None,
    client: Client,
) -> User:
    """Bind a first email or phone, or put another in the place of the present one; the user as it is then.

    `code` (purpose `…_bind`) came to the new destination, with `order` where a dialect's clients name its sending;
    `old_code` (`…_change`) to the present one, where there is one. The proof is of the second factor: always for a first
    one (purpose `security_settings` where it is a code), and for a change where a factor is bound that is no code. A change
    ends all other sessions; it holds outgoing money for 24 h, and so does a first one unless the account is new. Old and
    new are told.
    Raises InvalidEmail, InvalidPhone, NotForSubAccounts, PhoneCountryClosed, ContactUnchanged, OldContactDue,
    SecondFactorRequired, WrongCode, CodeExpired, TooManyAttempts, ContactTaken, ContactNotBound.
    """
    wanted = _new(contact, user, destination)
    old = contact.of(user)
    if old and not old_code:
        raise OldContactDue(channel=contact.name)
    _prove(user, proof, client, old=old)
    if old:
        codes.verify(purpose=contact.change, channel=contact.channel, destination=old, code=old_code, user=user)
    codes.verify(purpose=contact.bind, channel=contact.channel, destination=wanted, code=code, user=user, order=order)
    return _write(contact, user, old, wanted, session, client)


def _prove(user: User, proof: Proof | None, client: Client, *, old: str) -> None:
    """The second factor: what was sent to the old destination is one already, where no stronger one is bound."""
    if second_factor.has_strong(user) or not old:
        second_factor.require(user, proof, Purpose.SECURITY_SETTINGS, client=client)


def _write(contact: Contact, user: User, old: str, wanted: str, session: Session | None, client: Client) -> User:
    """Bind it, unless the account or another one was faster."""
    try:
        with transaction.atomic():
            locked = User.objects.select_for_update().get(pk=user.pk)
            if contact.of(locked) != old:  # another request was faster: what was proven is not what stands there now
                raise OldContactDue(channel=contact.name) if contact.of(locked) else ContactNotBound(channel=contact.name)
            if contact is EMAIL:
                activation.make_way(email=wanted, but=locked)
            setattr(locked, contact.name, wanted)
            locked.save(update_fields=[contact.name])
            _follow(contact, locked, old, wanted, session, client)
    except IntegrityError as clash:
        if _clashing(clash) == f"accounts_user_{contact.name}_unique":
            raise ContactTaken(channel=contact.name) from None
        raise
    return locked


def _follow(contact: Contact, user: User, old: str, wanted: str, session: Session | None, client: Client) -> None:
    if old:
        recovery_rows.end_open(user)
    changes.follow(
        user=user,
        act=contact.changed if old else contact.bound,
        client=client,
        session=session,
        ends=EndCause.CONTACT_CHANGED if old else None,
        hold=contact.cause,
        new_may_skip_hold=not old,
        facts=contact.told(wanted),
        tell_also=[(contact.channel, old)] if old else (),
    )


def unbind(*, contact: Contact, user: User, proof: Proof | None, session: Session | None, client: Client) -> User:
    """Remove the email or phone against a proof of the second factor (purpose `…_unbind`); the user as it is then.

    Never the last one, nor the one to which log-in codes go. Ends all other sessions and holds outgoing money for 24 h;
    the removed destination is told too.
    Raises SecondFactorRequired, WrongCode, CodeExpired, TooManyAttempts, ContactNotBound, LastContact, ContactInUse.
    """
    second_factor.require(user, proof, contact.unbind, client=client)
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        old = contact.of(locked)
        _check_removable(contact, locked, old)
        setattr(locked, contact.name, None)
        locked.save(update_fields=[contact.name])
        recovery_rows.end_open(locked)
        changes.follow(
            user=locked,
            act=contact.unbound,
            client=client,
            session=session,
            ends=EndCause.CONTACT_CHANGED,
            hold=contact.cause,
            facts=contact.told(old),
            tell_also=[(contact.channel, old)],
        )
    return locked


def _check_removable(contact: Contact, user: User, old: str) -> None:
    if not old:
        raise ContactNotBound(channel=contact.name)
    if not (PHONE if contact is EMAIL else EMAIL).of(user):
        raise LastContact(channel=contact.name)
    if user.second_factor_channel == contact.name:
        raise ContactInUse(channel=contact.name)


def set_username(*, user: User, username: str, client: Client) -> User:
    """Give the account its user name, once; the user as it is then.

    Raises UsernameInvalid, UsernameAlreadySet, UsernameTaken.
    """
    wanted = names.check_username(username)
    try:
        with transaction.atomic():
            locked = User.objects.select_for_update().get(pk=user.pk)
            if locked.username:
                raise UsernameAlreadySet
            locked.username = wanted
            locked.save(update_fields=["username"])
            changes.follow(user=locked, act=LoginAct.USERNAME_SET, client=client, facts={"name": wanted})
    except IntegrityError as clash:
        if _clashing(clash) == "accounts_user_username_unique":
            raise UsernameTaken from None
        raise
    return locked


def _clashing(clash: IntegrityError) -> str:
    cause = clash.__cause__
    return str(cause.diag.constraint_name) if isinstance(cause, UniqueViolation) else ""
