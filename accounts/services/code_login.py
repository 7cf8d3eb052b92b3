"""Logging in by a code that was sent to the own email or phone, without a password."""

from __future__ import annotations

from accounts.errors import PasswordNotDue, WrongCredentials
from accounts.models import Session, Status, User
from accounts.models.passwords import Form
from accounts.models.sessions import Due, SignedInBy
from accounts.services import attempts, captcha_doors, devices, dues, login, names, passwords
from accounts.services.captcha_doors import Captcha
from accounts.services.clients import Client
from accounts.services.manners import OURS, Manners
from accounts.services.second_factor import Method
from config.kit.errors import Unavailable
from messaging.errors import CodeRefused, WrongCode
from messaging.models import Channel, Purpose
from messaging.services import codes
from messaging.services.destinations import normalise_email, normalise_phone

NOT_SIGNED_IN_BY_CODE = (Status.DELETED, Status.NOT_ACTIVATED)
"""An account that nobody activated may be somebody else's in this mailbox's name: its owner is not led into it."""


def destination(email: str | None, phone: str | None) -> tuple[Channel, str]:
    """The one of both that is given, normalised. Raises InvalidEmail, InvalidPhone; ValueError where it isn't one."""
    if bool(email) == bool(phone):
        raise ValueError("exactly one of email and phone receives a code")
    return (Channel.EMAIL, normalise_email(email)) if email else (Channel.SMS, normalise_phone(phone or ""))


def owner(channel: Channel, address: str) -> User | None:
    """The customer who may sign in by a code sent there."""
    where = {"email": address} if channel == Channel.EMAIL else {"phone": address}
    return User.objects.filter(is_staff=False, **where).exclude(status__in=NOT_SIGNED_IN_BY_CODE).first()


def log_in_by_code(
    *,
    email: str | None = None,
    phone: str | None = None,
    code: str,
    order: str | None = None,
    client: Client,
    device_token: str | None = None,
    captcha: Captcha = captcha_doors.NONE,
    manners: Manners = OURS,
) -> login.SignIn:
    """Open a session with a code of the purpose LOGIN; `pre2fa` where a second factor is due as well.

    Failures count under the same name and address as wrong passwords do. Where the manners ask for the password too, the
    session waits for it (`show_password`), and the failures before the code are forgotten with the password only.
    Raises InvalidEmail, InvalidPhone, WrongCode, CodeExpired, TooManyAttempts, SignInLocked, AddressLocked,
    AccountStopped, PasswordDue, CredentialsChanged, and what a captcha raises.
    """
    channel, address = destination(email, phone)
    user, device = owner(channel, address), devices.find(device_token)
    subject = login.subject_of(names.read(address), user, device)
    login.ask_captcha(subject, captcha, ip=client.ip)
    tried = attempts.begin_sign_in(attempts.address(client.ip), subject, budgets=manners.budgets)
    try:
        codes.verify(purpose=Purpose.LOGIN, channel=channel, destination=address, code=code, order=order)
        if user is None:
            raise WrongCode(channel=channel.value)
    except CodeRefused:
        login.fail(user, subject, client)
        raise
    shown = Method.EMAIL if channel == Channel.EMAIL else Method.PHONE
    if manners.password_after_code and passwords.has_one(user):
        attempts.undo(tried)
    else:
        attempts.forget([subject])
        attempts.give_back(attempts.address(client.ip))
    return login.admit(user=user, device=device, client=client, by=SignedInBy.CODE, shown=shown, manners=manners)


def show_password(
    *,
    session: Session,
    password: str,
    form: Form,
    client: Client,
    device_token: str | None = None,
    manners: Manners,
) -> login.SignIn:
    """Show the password for which a log-in by code waits: the session is whole, or waits for the second factor that is on.

    Failures count under the name to which the code was sent, with those of every other log-in.
    Raises PasswordNotDue, WrongCredentials, SignInLocked, AddressLocked, SecondFactorNotDue, Unavailable.
    """
    if dues.due_of(session) != Due.PASSWORD:
        raise PasswordNotDue
    user, shown, device = session.user, Method(session.shown), devices.find(device_token)
    name = names.read((user.email if shown == Method.EMAIL else user.phone) or "")
    stored, given = passwords.forms_of(user), passwords.Given(form, password)
    subject = login.subject_of(name, user, device)
    tried = attempts.begin_sign_in(attempts.address(client.ip), subject, budgets=manners.budgets)
    try:
        fits = passwords.matches(stored, given)
    except Unavailable:
        attempts.undo(tried)
        raise
    if not fits:
        login.fail(user, subject, client)
        raise WrongCredentials(failures=tried[1].failures, captcha_required=False)
    passwords.renew(stored, given)
    attempts.forget([subject])
    attempts.give_back(attempts.address(client.ip))
    return login.go_on(
        session=session, rest=dues.after_code(user, shown), client=client, device_token=device_token, manners=manners
    )
