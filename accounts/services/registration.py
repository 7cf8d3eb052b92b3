"""Opening an account, by email or phone, with a code that was sent there."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation

from accounts.errors import AlreadyRegistered, UsernameTaken
from accounts.models import RegisterType, User
from accounts.models.logins import LoginAct
from accounts.models.passwords import Form
from accounts.services import audit, clients, logins, names, passwords
from config.kit.clock import now
from messaging.models import Channel, Purpose
from messaging.services import codes
from messaging.services.destinations import normalise_email, normalise_phone
from messaging.services.notices import notify

UID_DRAWS_MAX = 10
"""How often a uid is drawn anew where it is taken; at a hundred million customers the tenth draw is never seen."""


def register(
    *,
    email: str | None = None,
    phone: str | None = None,
    username: str | None = None,
    password: str,
    form: Form = Form.PLAIN,
    code: str,
    language: str,
    ip: str,
    user_agent: str,
) -> User:
    """Open an account by exactly one of email and phone.

    The input is checked first, then the code is spent, then names are looked at: without a code nobody learns
    which of them are taken. Raises InvalidEmail, InvalidPhone, PhoneCountryClosed, UsernameInvalid, PasswordRefused,
    WrongCode, CodeExpired, TooManyAttempts, AlreadyRegistered, UsernameTaken, Unavailable;
    ValueError where not exactly one of email and phone is given.
    """
    if bool(email) == bool(phone):
        raise ValueError("exactly one of email and phone opens an account")
    user = _draft(email=email, phone=phone, username=username, language=language, ip=ip)
    given = passwords.Given(form, password)
    passwords.check_rules(given, names=(user.email or "", user.phone or "", user.username or ""))
    channel, destination = (Channel.EMAIL, user.email) if user.email else (Channel.SMS, user.phone)
    codes.verify(purpose=Purpose.REGISTRATION, channel=channel, destination=destination or "", code=code)
    forms = passwords.encode_forms(given)
    client = clients.describe(ip=ip, user_agent=user_agent)
    for draw in range(UID_DRAWS_MAX):
        try:
            return _insert(user, forms, client)
        except IntegrityError as clash:
            if _clashing(clash) != "accounts_user_uid_unique" or draw == UID_DRAWS_MAX - 1:
                raise _refusal(clash) from None
            user = _draft(email=email, phone=phone, username=username, language=language, ip=ip)
    raise AssertionError("unreachable: the last draw returns or raises")


def _draft(*, email: str | None, phone: str | None, username: str | None, language: str, ip: str) -> User:
    draft = User(
        email=normalise_email(email) if email else None,
        phone=normalise_phone(phone) if phone else None,
        username=names.check_username(username) if username else None,
        register_type=RegisterType.EMAIL if email else RegisterType.PHONE,
        language=language,
        registered_at=now(),
        registered_ip=ip,
    )
    if draft.phone:
        names.check_phone_country(draft.phone)
    return draft


def _insert(user: User, forms: dict[Form, str], client: clients.Client) -> User:
    with transaction.atomic():
        user.save(force_insert=True)
        passwords.store(user, forms)
        logins.note(user=user, act=LoginAct.REGISTERED, client=client)
        audit.record(
            actor=user,
            actor_kind="customer",
            act="accounts.registered",
            subject=f"accounts.user:{user.uid}",
            facts={"register_type": user.register_type},
        )
        notify(user=user, template="registration_done", facts={})
    return user


def _clashing(clash: IntegrityError) -> str:
    cause = clash.__cause__
    return str(cause.diag.constraint_name) if isinstance(cause, UniqueViolation) else ""


def _refusal(clash: IntegrityError) -> Exception:
    """The refusal that a broken unique constraint stands for; any other broken constraint is a defect."""
    taken = {
        "accounts_user_email_unique": AlreadyRegistered,
        "accounts_user_phone_unique": AlreadyRegistered,
        "accounts_user_username_unique": UsernameTaken,
    }
    refusal = taken.get(_clashing(clash))
    return refusal() if refusal else clash
