"""Officers: made by operators, signed in by password and authenticator, never by one alone."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from accounts.errors import StaffInvalid, WrongCredentials
from accounts.models import Authenticator, RegisterType, User
from accounts.models.attempts import Scope
from accounts.models.factors import FactorKind
from accounts.models.logins import LoginAct
from accounts.models.passwords import Form
from accounts.models.users import OFFICER_NAME_LENGTH_MAX
from accounts.services import attempts, audit, logins, passwords, totp
from accounts.services.attempts import Subject
from accounts.services.clients import Client
from config.kit.clock import now
from config.kit.crypto import seal
from config.kit.errors import Unavailable
from messaging.errors import CodeRefused, InvalidEmail
from messaging.services.destinations import normalise_email

ROLES = ("compliance", "compliance_lead", "treasury", "treasury_lead", "support", "operator", "auditor")
"""The roles. Which pages one opens, each page says (`view_roles`); what it may *do*, the service behind each button asks.

A lead is an officer of the trade as well, who holds both roles.
"""
NAME_MARKS = frozenset(" -.'’·,")


def load_roles() -> list[str]:
    """Create the roles that are missing, as groups: a migration made them, somebody may have taken one away."""
    for role in ROLES:
        Group.objects.get_or_create(name=role)
    return list(ROLES)


def has_role(user: User, *roles: str) -> bool:
    """Whether this is an officer who may act and has one of the roles. Asked anew each time: roles can be taken away."""
    return user.is_staff and user.is_active and user.groups.filter(name__in=roles).exists()


@dataclass(frozen=True, repr=False)
class Officer:
    """A new officer with what is shown once: the seed of the authenticator."""

    user: User
    totp_seed: bytes


def create_officer(
    *,
    email: str,
    password: str,
    roles: Sequence[str],
    name: str = "",
    totp_seed: bytes | None = None,
    by: str = "operator",
    reason: str = "",
) -> Officer:
    """Make an officer with these roles and a bound authenticator, whose seed is drawn unless given.

    Without a name the officer is called by the email. Raises InvalidEmail, PasswordRefused, StaffInvalid (unknown role,
    no good name, or the email has an account).
    """
    address, called = normalise_email(email), _name(name) if name else ""
    unknown = set(roles) - set(ROLES)
    if unknown or not roles:
        raise StaffInvalid(reason=f"Roles are {', '.join(ROLES)}; not {', '.join(sorted(unknown)) or 'none'}.")
    forms = _encoded(password, address)
    seed = totp_seed or secrets.token_bytes(totp.SEED_BYTES)
    try:
        with transaction.atomic():
            user = User.objects.create(
                email=address,
                register_type=RegisterType.STAFF,
                is_staff=True,
                officer_name=called,
                registered_at=now(),
            )
            passwords.store(user, forms)
            bind_authenticator(user, seed)
            user.groups.set(Group.objects.filter(name__in=roles))
            facts = {"email": address, "name": called, "roles": ",".join(sorted(roles)), "by": by}
            _record("accounts.officer_created", user, reason, facts)
    except IntegrityError:
        raise StaffInvalid(reason="There is an account with this email already.") from None
    return Officer(user, seed)


def rename(*, user: User, name: str, by: str, reason: str) -> None:
    """Call an officer by this name from now on. Raises StaffInvalid (no officer, or no good name)."""
    called = _name(name)
    if not user.is_staff:
        raise StaffInvalid(reason="This is no officer's account.")
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(officer_name=called)
        _record("accounts.officer_renamed", user, reason, {"name": called, "by": by})
    user.officer_name = called


def _record(act: str, user: User, reason: str, facts: dict[str, str]) -> None:
    subject = f"accounts.user:{user.uid}"
    audit.record(actor=None, actor_kind="operator", act=act, subject=subject, reason=reason, facts=facts)


def _name(text: str) -> str:
    """The name with single spaces, of letters and the marks that stand in names. Raises StaffInvalid."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    good = all(mark in NAME_MARKS or unicodedata.category(mark)[0] in "LM" for mark in name)
    if not good or not any(map(str.isalpha, name)) or len(name) > OFFICER_NAME_LENGTH_MAX:
        raise StaffInvalid(reason=f"A name has letters, spaces and hyphens, {OFFICER_NAME_LENGTH_MAX} characters at most.")
    return name


def _encoded(password: str, email: str) -> dict[Form, str]:
    """An officer's password is a text: no dialect with digests has a desk. Raises PasswordRefused."""
    given = passwords.plain(password)
    passwords.check_rules(given, names=(email,))
    return passwords.encode_forms(given, forms=(Form.PLAIN,))


def bind_authenticator(user: User, seed: bytes) -> None:
    """Make this seed the officer's only authenticator, in the caller's transaction."""
    moment = now()
    Authenticator.objects.filter(user=user).delete()
    made = Authenticator(user=user, kind=FactorKind.TOTP, created_at=moment, confirmed_at=moment)
    made.sealed_seed = seal(seed, context=made.seal_context)
    made.save(force_insert=True)


def prove(officer: User, code: str) -> None:
    """Use up a code of the officer's authenticator. Raises StaffInvalid (none is bound), CodeRefused."""
    authenticator = totp.bound(officer)
    if authenticator is None:
        raise StaffInvalid(reason="The officer has no authenticator.")
    totp.check(authenticator, code)


def renew_secrets(*, user: User, password: str, totp_seed: bytes, by: str) -> None:
    """Give an officer a new password and authenticator; staff cookies of before are dead. Raises PasswordRefused."""
    forms = _encoded(password, user.email or "")
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk, is_staff=True)
        locked.credentials_epoch += 1
        locked.save(update_fields=["credentials_epoch"])
        passwords.store(locked, forms)
        bind_authenticator(locked, totp_seed)
        audit.record(
            actor=None,
            actor_kind="operator",
            act="accounts.officer_secrets_renewed",
            subject=f"accounts.user:{user.uid}",
            facts={"by": by},
        )


def sign_in(*, email: str, password: str, code: str, client: Client) -> User:
    """The officer of this email, password and authenticator code, shown together.

    Which of the three was wrong is not told. Attempts are counted per name and address, apart from the customers'.
    Raises WrongCredentials, SignInLocked, AddressLocked, Unavailable.
    """
    name = _counted(email)
    subject = Subject(Scope.STAFF_NAME, name)
    tried = attempts.begin_sign_in(attempts.address(client.ip, Scope.STAFF_ADDRESS), subject)
    user = User.objects.filter(email=name, is_staff=True).first()
    stored, given = passwords.forms_of(user), passwords.plain(password)
    try:
        fits = passwords.matches(stored, given)
    except Unavailable:
        attempts.undo(tried)
        raise
    code_fits = _code_fits(user, code, name=name, known=fits)
    if user is None or not fits or not user.is_active or not code_fits:
        _note_failure(user, client)
        raise WrongCredentials(failures=tried[1].failures)
    passwords.renew(stored, given)
    attempts.forget([subject])
    attempts.give_back(attempts.address(client.ip, Scope.STAFF_ADDRESS))
    with transaction.atomic():
        logins.note(user=user, act=LoginAct.LOGIN, client=client)
        audit.record(
            actor=user,
            actor_kind="staff",
            act="accounts.staff_signed_in",
            subject=f"accounts.user:{user.uid}",
            facts={"ip": client.ip},
        )
    return user


def _counted(email: str) -> str:
    try:
        return normalise_email(email)
    except InvalidEmail:
        return email.strip().casefold()[:254]


def _code_fits(user: User | None, code: str, *, name: str, known: bool) -> bool:
    """Whether it is a code of the officer's authenticator. Where the password is not `known`, no, after the same work.

    Only who knows the password may use up the tries of the officer's authenticator.
    """
    authenticator = totp.bound(user) if user is not None else None
    try:
        if authenticator is None or not known:
            totp.check_nothing(name, code)
            return False
        totp.check(authenticator, code)
    except CodeRefused:
        return False
    return True


def _note_failure(user: User | None, client: Client) -> None:
    if user is None:
        return
    with transaction.atomic():
        logins.note(user=user, act=LoginAct.LOGIN_FAILED, client=client)
        audit.record(
            actor=None,
            actor_kind="system",
            act="accounts.staff_sign_in_refused",
            subject=f"accounts.user:{user.uid}",
            facts={"ip": client.ip},
        )
