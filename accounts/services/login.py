"""Logging in: the password first, then the second factor where one is due."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.errors import (
    AccountStopped,
    CredentialsChanged,
    SecondFactorNotDue,
    SignInCaptchaRequired,
    SignInCaptchaWrong,
    WrongCredentials,
)
from accounts.models import KnownDevice, Session, Status, User
from accounts.models.attempts import Scope
from accounts.models.logins import LoginAct
from accounts.models.passwords import Form
from accounts.models.recovery import LinkAct
from accounts.models.sessions import Due, EndCause, Level, SignedInBy
from accounts.services import (
    attempts,
    captcha_doors,
    changes,
    devices,
    dues,
    links,
    logins,
    names,
    passwords,
    recovery_ends,
    second_factor,
    sessions,
)
from accounts.services.attempts import Subject
from accounts.services.captcha_doors import Captcha, Door
from accounts.services.clients import Client
from accounts.services.manners import OURS, Manners
from accounts.services.second_factor import Method, Proof
from config.kit.errors import Unavailable
from messaging.errors import CaptchaRequired, CaptchaWrong, CodeRefused
from messaging.services.notices import notify

NOBODY = 0
"""A key that no user has."""


@dataclass(frozen=True, repr=False)
class SignIn:
    """A session and its token, told this once.

    `methods` is not empty where something more is due; the session's own `due` tells whether that is the second factor,
    a code because the place is new, or both. Where the password is due first, they are those that are due after it.
    `device_token` is told once to a device that was not known before; shown at the next log-in, it keeps
    strangers' failures from locking this device out.
    """

    session: Session
    token: str
    methods: tuple[Method, ...] = ()
    device_token: str | None = None

    @property
    def waits_for_password(self) -> bool:
        """Whether the password is due before anything else."""
        return dues.due_of(self.session) == Due.PASSWORD


def log_in(
    *,
    login: str | names.LoginName,
    password: str,
    client: Client,
    device_token: str | None = None,
    form: Form = Form.PLAIN,
    captcha: Captcha = captcha_doors.NONE,
    manners: Manners = OURS,
) -> SignIn:
    """Open a session for the name and password: a full one, or a `pre2fa` one where a second factor is due.

    Known and unknown names cost the same time and count the same failures, which are committed before the password
    is compared. From LOGIN_CAPTCHA_AFTER_FAILURES on a captcha is due, which is spent before that.
    Raises WrongCredentials, SignInLocked, AddressLocked, AccountStopped, CredentialsChanged, Unavailable, and what a
    captcha raises.
    """
    name = names.read(login) if isinstance(login, str) else login
    user = _owner(name)
    stored, given = passwords.forms_of(user), passwords.Given(form, password)
    device = devices.find(device_token)
    subject = subject_of(name, user, device)
    ask_captcha(subject, captcha, ip=client.ip, manners=manners)
    tried = attempts.begin_sign_in(attempts.address(client.ip), subject, budgets=manners.budgets)
    try:
        fits = passwords.matches(stored, given)
    except Unavailable:
        attempts.undo(tried)
        raise
    if not fits or user is None:
        fail(user, subject, client)
        failures = tried[1].failures
        raise WrongCredentials(failures=failures, captcha_required=_captcha_is_due(subject, failures, manners))
    passwords.renew(stored, given)
    attempts.forget([subject])
    attempts.give_back(attempts.address(client.ip))
    return admit(user=user, device=device, client=client, by=SignedInBy.PASSWORD, manners=manners)


def _owner(name: names.LoginName) -> User | None:
    """Whose name it is, asked of the database also where it can be nobody's.

    Officers sign in at their desk only, and who is deleted is gone: here they are nobody.
    """
    return User.objects.filter(name.query or Q(pk=NOBODY), is_staff=False).exclude(status=Status.DELETED).first()


def subject_of(name: names.LoginName, user: User | None, device: KnownDevice | None) -> Subject:
    """What a failure counts against: the owner's known device has a budget of its own."""
    if device is not None and user is not None and device.user_id == user.pk:
        return Subject(Scope.DEVICE, str(device.pk))
    return Subject(Scope.NAME, name.counted)


def ask_captcha(subject: Subject, captcha: Captcha, *, ip: str, manners: Manners = OURS) -> None:
    """Ask for a captcha where this door does, or after failures of the name. A lock is told without one.

    Raises SignInCaptchaRequired, SignInCaptchaWrong, TooManyCaptchas, CaptchaUnavailable.
    """
    failures, is_locked = attempts.standing(subject)
    if is_locked:
        return
    try:
        captcha_doors.ask(Door.LOGIN, captcha, ip=ip, is_due=_captcha_is_due(subject, failures, manners))
    except CaptchaRequired as refused:
        raise SignInCaptchaRequired(kinds=refused.kinds, failures=failures) from None
    except CaptchaWrong:
        raise SignInCaptchaWrong(failures=failures) from None


def _captcha_is_due(subject: Subject, failures: int, manners: Manners) -> bool:
    """After so many failures of a name, existing or not. The owner's known device has tries of its own instead."""
    first = settings.LOGIN_CAPTCHA_AFTER_FAILURES if manners.captcha_after_failures else 0
    return (subject.scope == Scope.NAME or manners.captcha_for_known_devices) and 0 < first <= failures


def fail(user: User | None, subject: Subject, client: Client) -> None:
    """Leave the evidence of a failure. A line is written for nobody too, and taken back: the time tells nothing."""
    with transaction.atomic():
        attempts.mark(subject)
        with transaction.atomic():
            logins.note(user=user or User(pk=NOBODY), act=LoginAct.LOGIN_FAILED, client=client)
            transaction.set_rollback(user is None)


def admit(
    *,
    user: User,
    device: KnownDevice | None,
    client: Client,
    by: SignedInBy,
    is_proven: bool = False,
    shown: Method | None = None,
    manners: Manners = OURS,
) -> SignIn:
    """Open a session for a user who showed `by`; every way in ends here.

    The session waits for a second factor where one is due, and for a code where its place is new and the customer
    asked for that, unless the way in was a second factor itself (`is_proven`): a passkey. A way in by a code that was
    sent says by which way (`shown`).
    Raises AccountStopped, PasswordDue, CredentialsChanged (since `user` was read: what was shown is good no more).
    """
    with transaction.atomic():
        current = _locked(user)
        if current.credentials_epoch != user.credentials_epoch:
            raise CredentialsChanged
        if not current.may_act:
            raise AccountStopped(account_status=Status(_stopped(current).status).label)
        due = None if is_proven else dues.of_sign_in(current, device=device, client=client, shown=shown, manners=manners)
        if due is not None:
            opened = sessions.open_session(
                user=current,
                level=Level.PRE2FA,
                client=client,
                by=by,
                due=due,
                shown=shown.value if due == Due.PASSWORD and shown is not None else "",
                manners=manners,
            )
            return SignIn(opened.session, opened.token, methods=dues.methods(opened.session))
        opened = sessions.open_session(user=current, level=_reached(current), client=client, by=by, manners=manners)
        if by == SignedInBy.PASSKEY:  # a fingerprint on the app's device is not what was lost
            recovery_ends.cancel_for_owner(user=current, client=client)
        return _completed(opened, device, client)


def _locked(user: User) -> User:
    """The user as it stands, locked, so that a change of its safety comes before the session or ends it."""
    return User.objects.select_for_update(of=("self",), no_key=True).select_related("parent").get(pk=user.pk)


def _stopped(user: User) -> User:
    """Which of the two it is that may not act: the user, or the parent."""
    return user.parent if user.is_active and user.parent is not None else user


def _reached(user: User) -> Level:
    return Level.LOW if user.status == Status.NOT_ACTIVATED else Level.FULL


def _completed(opened: sessions.Opened, device: KnownDevice | None, client: Client) -> SignIn:
    """What follows a whole sign-in, in the caller's transaction, in which the user is locked."""
    user = opened.session.user
    if not user.allows_many_devices:
        sessions.end_all(user=user, cause=EndCause.ELSEWHERE, but=opened.session)
    logins.note(user=user, act=LoginAct.LOGIN, client=client)
    new_token = devices.remember(user=user, device=device, ip=client.ip)
    if new_token is not None and opened.session.signed_in_by != SignedInBy.REGISTRATION:
        link = links.draw(user=user, act=LinkAct.FREEZE)
        notify(user=user, template="new_login", facts={**changes.circumstances(client), "link": link})
    return SignIn(opened.session, opened.token, device_token=new_token)


def complete(
    *,
    session: Session,
    proof: Proof | None,
    client: Client,
    device_token: str | None = None,
    also: Proof | None = None,
    manners: Manners = OURS,
) -> SignIn:
    """Show what is due: a `pre2fa` session becomes a full one (or waits for the rest), a full one becomes fresh again.

    Where two things are due, `also` may answer the second of them in the same step; where that is wrong, the session waits
    as it did, with its token. Otherwise the token is a new one and the old one is dead.
    Raises WrongCode, CodeExpired, TooManyAttempts, SecondFactorRequired, PasswordDue (it comes first), SecondFactorNotDue
    (a request at the same time was first).
    """
    asked = dues.asked(session, proof)
    _take(session, proof, asked, client)
    if asked.rest and also is not None:
        asked = dues.rest_of(session, asked)
        _take(session, also, asked, client)
    return go_on(session=session, rest=asked.rest, client=client, device_token=device_token, manners=manners)


def go_on(*, session: Session, rest: Due | None, client: Client, device_token: str | None, manners: Manners = OURS) -> SignIn:
    """What follows where the session showed what was due: it is whole or fresh again, or waits for the rest.

    Raises SecondFactorNotDue where a request at the same time was first, or the session was ended meanwhile.
    """
    waited = session.level == Level.PRE2FA
    with transaction.atomic():
        user = _locked(session.user)
        opened = sessions.rise(session=session, level=Level.PRE2FA if rest else _reached(user), due=rest, manners=manners)
        if opened is None:
            raise SecondFactorNotDue
        if rest:
            return SignIn(opened.session, opened.token, methods=dues.methods(opened.session))
        if waited:
            if second_factor.is_on(user):
                recovery_ends.cancel_for_owner(user=user, client=client)
            return _completed(opened, devices.find(device_token), client)
        return SignIn(opened.session, opened.token)


def _take(session: Session, proof: Proof | None, asked: dues.Asked, client: Client) -> None:
    """Take what is shown as the answer to the question; a failure stands in the log."""
    try:
        second_factor.take(
            session.user,
            proof,
            allowed=asked.allowed,
            purpose=asked.purpose,
            context="",
            session=str(session.public_id),
            client=client,
        )
    except CodeRefused:
        logins.note(user=session.user, act=LoginAct.SECOND_FACTOR_FAILED, client=client)
        raise
