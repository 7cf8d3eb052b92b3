"""Opening an account: with a code that proves the address, by that code alone, or unproven until it is activated.

Accounts that nobody has activated never stand in the way: who proves the address gets it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation

from accounts.errors import AlreadyRegistered, EmailTaken, UsernameTaken
from accounts.models import RegisterType, Status, User
from accounts.models.logins import LoginAct
from accounts.models.passwords import Form
from accounts.models.sessions import SignedInBy
from accounts.services import (
    activation,
    attempts,
    audit,
    captcha_doors,
    clients,
    devices,
    login,
    logins,
    names,
    passwords,
    referrals,
    strictness,
)
from accounts.services.captcha_doors import Captcha, Door
from accounts.services.clients import Client
from accounts.services.passwords import Given
from config.kit.clock import now
from config.kit.errors import DomainError
from messaging.models import Channel, Purpose
from messaging.services import codes
from messaging.services.codes import SentCode
from messaging.services.destinations import normalise_email, normalise_phone
from messaging.services.notices import notify

Made = TypeVar("Made")
DRAWS_MAX = 10
"""How often a uid or referral code is drawn anew where it is taken; at a hundred million customers nobody sees the tenth."""


@dataclass(frozen=True)
class Applicant:
    """Who wants an account: exactly one of email and phone, and what they choose to say of themselves."""

    email: str | None
    phone: str | None
    username: str | None
    referral_code: str | None
    language: str


@dataclass(frozen=True, repr=False)
class Shown:
    """The code with which an applicant proves the address; `order` names its sending, in dialects whose clients do."""

    purpose: Purpose
    code: str
    order: str | None


def register(
    *,
    email: str | None = None,
    phone: str | None = None,
    username: str | None = None,
    password: str,
    form: Form = Form.PLAIN,
    code: str,
    order: str | None = None,
    referral_code: str | None = None,
    language: str,
    ip: str,
    user_agent: str,
    captcha: Captcha = captcha_doors.NONE,
) -> User:
    """Open an account by exactly one of email and phone, with a code of the purpose REGISTRATION (and of the `order`).

    The input is checked first, then the code is spent, then names are looked at: without a code nobody learns
    which of them are taken. Raises InvalidEmail, InvalidPhone, PhoneCountryClosed, UsernameInvalid, PasswordRefused,
    ReferralUnknown, ReferralLocked, WrongCode, CodeExpired, TooManyAttempts, AddressLocked, AlreadyRegistered,
    UsernameTaken, Unavailable, and what a captcha raises; ValueError where not exactly one of email and phone is given.
    """
    client = clients.describe(ip=ip, user_agent=user_agent)
    applicant = Applicant(email, phone, username, referral_code, language)
    user = _draft(applicant, client)
    given = Given(form, password)
    passwords.check_rules(given, names=(user.email or "", user.phone or "", user.username or ""))
    user.referrer = _prove(user, applicant, Shown(Purpose.REGISTRATION, code, order), client, captcha)
    return _open(user, passwords.encode_forms(given), client)


def register_by_code(
    *,
    email: str | None = None,
    phone: str | None = None,
    username: str | None = None,
    code: str,
    order: str | None = None,
    referral_code: str | None = None,
    language: str,
    client: Client,
    device_token: str | None = None,
    captcha: Captcha = captcha_doors.NONE,
) -> login.SignIn:
    """Open an account without a password, with a code of the purpose QUICK_REGISTRATION, and sign in at once.

    Raises as `register` does, but for PasswordRefused.
    """
    applicant = Applicant(email, phone, username, referral_code, language)
    user = _draft(applicant, client)
    user.referrer = _prove(user, applicant, Shown(Purpose.QUICK_REGISTRATION, code, order), client, captcha)
    made = _open(user, {}, client)
    return login.admit(user=made, device=devices.find(device_token), client=client, by=SignedInBy.REGISTRATION)


def register_unproven(
    *,
    email: str,
    username: str | None = None,
    password: str,
    form: Form = Form.PLAIN,
    referral_code: str | None = None,
    language: str,
    client: Client,
    captcha: Captcha = captcha_doors.NONE,
) -> SentCode:
    """Open an account that waits for its activation, and mail the code for it.

    The answer is the same where the email is taken; its owner is told by mail. A user name that is taken is left out,
    so that the answer says nothing of it: the account is there by its email. An account that was not activated yet
    gives way to the newer one. Only where STRICT_CODES is on are EmailTaken and UsernameTaken raised.
    Raises InvalidEmail, UsernameInvalid, PasswordRefused, ReferralUnknown, ReferralLocked, TooManyCodes, Unavailable,
    and what a captcha raises.
    """
    applicant = Applicant(email, None, username, referral_code, language)
    user = _draft(applicant, client)
    given = Given(form, password)
    passwords.check_rules(given, names=(user.email or "", user.username or ""))
    captcha_doors.ask(Door.REGISTRATION, captcha, ip=client.ip)
    user.referrer = referrals.find(referral_code, ip=client.ip) if referral_code else None
    user.status = Status.NOT_ACTIVATED
    is_taken, name_is_taken = _taken(user)
    if is_taken and strictness.may_tell(client.ip):
        raise EmailTaken
    if name_is_taken and strictness.may_tell(client.ip):
        raise UsernameTaken
    if name_is_taken:
        user.username = None
    forms = passwords.encode_forms(given, is_anonymous=True)
    return _insert_unproven(user, forms, client, is_taken=is_taken)


def _insert_unproven(user: User, forms: dict[Form, str], client: Client, *, is_taken: bool) -> SentCode:
    """Where the email is taken the same is written as anywhere, under no name, and taken back: the time tells nothing."""
    email, language = user.email or "", user.language

    def with_code() -> SentCode:
        _insert(user, forms, client)
        return activation.send_code(user, language=language, ip=client.ip)

    def in_vain() -> None:
        _insert(user, forms, client)
        transaction.set_rollback(True)

    if is_taken:
        user.email, user.username = f"{user.uid}@taken.invalid", None
        _drawn(user, in_vain)
        return codes.send(
            purpose=Purpose.REGISTRATION,
            channel=Channel.EMAIL,
            destination=email,
            language=language,
            ip=client.ip,
            account_exists=True,
        )
    return _drawn(user, with_code)


def _taken(user: User) -> tuple[bool, bool]:
    """Whether the draft's email belongs to an account that is more than a draft, and its user name to any other account."""
    is_taken = User.objects.filter(email=user.email).exclude(status=Status.NOT_ACTIVATED).exists()
    others = User.objects.exclude(email=user.email, status=Status.NOT_ACTIVATED)
    return is_taken, bool(user.username) and others.filter(username__iexact=user.username).exists()


def _draft(applicant: Applicant, client: Client) -> User:
    if bool(applicant.email) == bool(applicant.phone):
        raise ValueError("exactly one of email and phone opens an account")
    draft = User(
        email=normalise_email(applicant.email) if applicant.email else None,
        phone=normalise_phone(applicant.phone) if applicant.phone else None,
        username=names.check_username(applicant.username) if applicant.username else None,
        register_type=RegisterType.EMAIL if applicant.email else RegisterType.PHONE,
        referral_code=referrals.draw(),
        language=applicant.language,
        registered_at=now(),
        registered_ip=client.ip,
    )
    if draft.phone:
        names.check_phone_country(draft.phone)
    return draft


def _prove(user: User, applicant: Applicant, shown: Shown, client: Client, captcha: Captcha) -> User | None:
    """Take captcha, referral code and the address's own code, in this order; who referred the applicant."""
    captcha_doors.ask(Door.REGISTRATION, captcha, ip=client.ip)
    referrer = referrals.find(applicant.referral_code, ip=client.ip) if applicant.referral_code else None
    tried = attempts.begin_at_address(client.ip)
    channel, destination = (Channel.EMAIL, user.email) if user.email else (Channel.SMS, user.phone)
    codes.verify(purpose=shown.purpose, channel=channel, destination=destination or "", code=shown.code, order=shown.order)
    attempts.give_back(tried.subject)
    return referrer


def _open(user: User, forms: dict[Form, str], client: Client) -> User:
    """Insert the account of a proven address. Raises AlreadyRegistered, UsernameTaken."""

    def insert() -> User:
        _insert(user, forms, client)
        notify(user=user, template="registration_done", facts={})
        return user

    return _drawn(user, insert)


def _drawn(user: User, insert: Callable[[], Made]) -> Made:
    """What `insert` makes, in a transaction; what was drawn is drawn anew where it is taken."""
    for draw in range(DRAWS_MAX):
        try:
            with transaction.atomic():
                return insert()
        except IntegrityError as clash:
            name = _clashing(clash)
            if name in _TAKEN:
                raise _taken_refusal(name) from None
            if name not in _DRAWN or draw == DRAWS_MAX - 1:
                raise
            user.uid, user.referral_code = User().uid, referrals.draw()
    raise AssertionError("unreachable: the last draw returns or raises")


def _insert(user: User, forms: dict[Form, str], client: Client) -> None:
    if user.email:
        activation.make_way(email=user.email)
    user.save(force_insert=True)
    passwords.store(user, forms)
    logins.note(user=user, act=LoginAct.REGISTERED, client=client)
    audit.record(
        actor=user,
        actor_kind="customer",
        act="accounts.registered",
        subject=f"accounts.user:{user.uid}",
        facts={"register_type": user.register_type, "status": user.status},
    )


_DRAWN = frozenset({"accounts_user_uid_unique", "accounts_user_referral_unique"})
_TAKEN = {"accounts_user_email_unique": "email", "accounts_user_phone_unique": "phone", "accounts_user_username_unique": ""}
"""What a broken unique constraint says is taken: the email, the phone, else the user name; any other is a defect."""


def _taken_refusal(constraint: str) -> DomainError:
    channel = _TAKEN[constraint]
    return AlreadyRegistered(channel=channel) if channel else UsernameTaken()


def _clashing(clash: IntegrityError) -> str:
    cause = clash.__cause__
    return str(cause.diag.constraint_name) if isinstance(cause, UniqueViolation) else ""
