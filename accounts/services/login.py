"""Logging in: the password first, then the second factor where one is due."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from accounts.errors import AccountStopped, SecondFactorNotDue, WrongCredentials
from accounts.models import KnownDevice, Session, Status, User
from accounts.models.attempts import Scope
from accounts.models.logins import LoginAct
from accounts.models.passwords import Form
from accounts.models.recovery import LinkAct
from accounts.models.sessions import Level, SignedInBy
from accounts.services import attempts, changes, devices, links, logins, names, passwords, second_factor, sessions
from accounts.services.attempts import Subject
from accounts.services.clients import Client
from accounts.services.second_factor import Method, Proof
from config.kit.errors import Unavailable
from messaging.errors import CodeRefused
from messaging.models import Purpose
from messaging.services.notices import notify


@dataclass(frozen=True, repr=False)
class SignIn:
    """A session and its token, told this once. `methods` is not empty where a second factor is due.

    `device_token` is told once to a device that was not known before; shown at the next log-in, it keeps
    strangers' failures from locking this device out.
    """

    session: Session
    token: str
    methods: tuple[Method, ...] = ()
    device_token: str | None = None


def log_in(*, login: str, password: str, client: Client, device_token: str | None = None, form: Form = Form.PLAIN) -> SignIn:
    """Open a session for the name and password: a full one, or a `pre2fa` one where a second factor is due.

    Known and unknown names cost the same time and count the same failures, which are committed before the password
    is compared. Raises WrongCredentials, SignInLocked, AddressLocked, AccountStopped, Unavailable.
    """
    name = names.read(login)
    user = _owner(name)
    stored, given = passwords.forms_of(user), passwords.Given(form, password)
    device = devices.find(device_token)
    subject = _subject(name, user, device)
    tried = attempts.begin_sign_in(attempts.address(client.ip), subject)
    try:
        fits = passwords.matches(stored, given)
    except Unavailable:
        attempts.undo(tried)
        raise
    if not fits or user is None:
        _fail(user, subject, client)
        raise WrongCredentials(failures=tried[1].failures)
    passwords.renew(stored, given)
    attempts.forget([subject])
    attempts.give_back(attempts.address(client.ip))
    return admit(user=user, device=device, client=client, by=SignedInBy.PASSWORD)


def _owner(name: names.LoginName) -> User | None:
    """Whose name it is. Officers sign in at their desk only, and who is deleted is gone: here they are nobody."""
    if name.query is None:
        return None
    return User.objects.filter(name.query, is_staff=False).exclude(status=Status.DELETED).first()


def _subject(name: names.LoginName, user: User | None, device: KnownDevice | None) -> Subject:
    """What a failure counts against: the owner's known device has a budget of its own."""
    if device is not None and user is not None and device.user_id == user.pk:
        return Subject(Scope.DEVICE, str(device.pk))
    return Subject(Scope.NAME, name.counted)


def _fail(user: User | None, subject: Subject, client: Client) -> None:
    """Leave the evidence of a failure. Both branches commit one write, so that the time tells nothing."""
    with transaction.atomic():
        attempts.mark(subject)
        if user is not None:
            logins.note(user=user, act=LoginAct.LOGIN_FAILED, client=client)


def admit(*, user: User, device: KnownDevice | None, client: Client, by: SignedInBy, is_proven: bool = False) -> SignIn:
    """Open a session for a user who showed `by`; every way in ends here.

    The session waits for a second factor where one is due, unless the way in was one itself (`is_proven`): a passkey.
    Raises AccountStopped.
    """
    if not user.is_active:
        raise AccountStopped(account_status=Status(user.status).label)
    due = () if is_proven else second_factor.login_methods(user)
    with transaction.atomic():
        if due:
            opened = sessions.open_session(user=user, level=Level.PRE2FA, client=client, by=by)
            return SignIn(opened.session, opened.token, methods=due)
        opened = sessions.open_session(user=user, level=_reached(user), client=client, by=by)
        return _completed(opened, device, client)


def _reached(user: User) -> Level:
    return Level.LOW if user.status == Status.NOT_ACTIVATED else Level.FULL


def _completed(opened: sessions.Opened, device: KnownDevice | None, client: Client) -> SignIn:
    """What follows a whole sign-in, in the caller's transaction."""
    user = opened.session.user
    logins.note(user=user, act=LoginAct.LOGIN, client=client)
    new_token = devices.remember(user=user, device=device)
    if new_token is not None:
        link = links.draw(user=user, act=LinkAct.FREEZE)
        notify(user=user, template="new_login", facts={**changes.circumstances(client), "link": link})
    return SignIn(opened.session, opened.token, device_token=new_token)


def complete(*, session: Session, proof: Proof, client: Client, device_token: str | None = None) -> SignIn:
    """Show the second factor: a `pre2fa` session becomes a full one, a full one becomes fresh again.

    The token is a new one and the old one is dead. Raises WrongCode, CodeExpired, TooManyAttempts,
    SecondFactorRequired, SecondFactorNotDue (a request at the same time was first).
    """
    user = session.user
    waiting = session.level == Level.PRE2FA
    allowed = second_factor.login_methods(user) if waiting else second_factor.methods(user)
    try:
        second_factor.take(
            user,
            proof,
            allowed=allowed,
            purpose=Purpose.SECOND_FACTOR,
            context="",
            session=str(session.public_id),
        )
    except CodeRefused:
        logins.note(user=user, act=LoginAct.SECOND_FACTOR_FAILED, client=client)
        raise
    with transaction.atomic():
        opened = sessions.rise(session=session, level=_reached(user))
        if opened is None:
            raise SecondFactorNotDue
        if waiting:
            return _completed(opened, devices.find(device_token), client)
        return SignIn(opened.session, opened.token)
