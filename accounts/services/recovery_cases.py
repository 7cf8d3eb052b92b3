"""Recovery cases as their customers know them: opened signed out, by what is left to show, and followed by a token.

Two officers decide (`recovery_desk`), a waiting time runs, and the clock completes (`recovery_completion`). Everywhere
the user's row is locked before the case's.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from accounts.errors import (
    AccountStopped,
    NotFrozen,
    NothingToRecover,
    RecoveryTokenInvalid,
    SelfieNotFresh,
    WrongCredentials,
)
from accounts.models import RecoveryCase, RecoveryDecision, Status, User
from accounts.models.attempts import Scope
from accounts.models.logins import LoginAct
from accounts.models.passwords import Form
from accounts.models.recovery import CASE_FLOW, CaseState, LinkAct, RecoveryCause
from accounts.models.users import SecondFactorChannel
from accounts.services import attempts, changes, freezing, links, logins, names, passwords, recovery_reasons, second_factor
from accounts.services.attempts import Subject
from accounts.services.clients import Client
from accounts.services.recovery_ends import OPEN, cancel, locked
from config.kit.clock import now
from config.kit.crypto import token, token_hash
from config.kit.errors import InvalidInput, Unavailable
from messaging.models import Channel, Purpose
from messaging.services import codes
from messaging.services.destinations import normalise_email, normalise_phone

SELFIE_DAYS = 7
"""Days in which the selfie must come; then the case expires."""
CHALLENGE_DIGITS = 6
STATEMENT_LENGTH_MAX = 500
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
TOKEN_LIFETIME = timedelta(days=30)
"""For how long after its end a case tells how it ended."""
SELFIE_DUE = (CaseState.DRAFT, CaseState.SENT_BACK)


@dataclass(frozen=True, repr=False)
class Opened:
    """A case and its token, told this once."""

    case: RecoveryCase
    token: str


def open_case(
    *,
    email: str | None,
    phone: str | None,
    code: str,
    password: str | None,
    cause: RecoveryCause,
    statement: str = "",
    client: Client,
    form: Form = Form.PLAIN,
) -> Opened:
    """Open the case of who shows a code sent to the account's address, and the password where one is set.

    Nobody without an account was sent a code that fits, so whoever guesses is answered alike. A case that is open
    already is the same one again, under a new token. Every bound channel is told, with a link that cancels.
    Raises InvalidInput, InvalidEmail, InvalidPhone, WrongCode, CodeExpired, TooManyAttempts, AddressLocked,
    SignInLocked, WrongCredentials, Unavailable, AccountStopped, NothingToRecover, NotFrozen.
    """
    channel, destination = destination_of(email=email, phone=phone)
    codes.verify(purpose=Purpose.ACCOUNT_RECOVERY, channel=channel, destination=destination, code=code)
    user = owner_of(channel, destination)
    _require_password(user, destination, passwords.Given(form, password or ""), client)
    if user is None:
        raise WrongCredentials(failures=0)  # the account went, or its address changed, since the code was sent
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        _require_recoverable(locked, cause, channel)
        opened = _open_or_resume(locked, cause, statement, client)
        link = links.draw(user=locked, act=LinkAct.CANCEL_RECOVERY, case=opened.case)
        changes.follow(user=locked, act=LoginAct.RECOVERY_OPENED, client=client, facts={"link": link})
    return opened


def destination_of(*, email: str | None, phone: str | None) -> tuple[Channel, str]:
    """The one address that was given, normalised. Raises InvalidInput, InvalidEmail, InvalidPhone."""
    if bool(email) == bool(phone):
        raise InvalidInput(fields={"email": ["Exactly one of email and phone is due."]})
    if email:
        return Channel.EMAIL, normalise_email(email)
    return Channel.SMS, normalise_phone(phone or "")


def owner_of(channel: Channel, destination: str) -> User | None:
    """The customer to whom the address is bound."""
    bound = {"email": destination} if channel == Channel.EMAIL else {"phone": destination}
    return User.objects.filter(**bound, is_staff=False).exclude(status=Status.DELETED).first()


def _require_password(user: User | None, destination: str, given: passwords.Given, client: Client) -> None:
    """Where a password is set it is due too, and a try at it counts like a try to log in."""
    stored = passwords.forms_of(user)
    subject = Subject(Scope.NAME, names.read(destination).counted)
    tried = attempts.begin_sign_in(attempts.address(client.ip), subject)
    try:
        fits = passwords.matches(stored, given)
    except Unavailable:
        attempts.undo(tried)
        raise
    if stored and not fits:
        with transaction.atomic():
            attempts.mark(subject)
            if user is not None:
                logins.note(user=user, act=LoginAct.LOGIN_FAILED, client=client)
        raise WrongCredentials(failures=tried[1].failures)
    attempts.forget([subject])
    attempts.give_back(attempts.address(client.ip))


def _require_recoverable(locked: User, cause: RecoveryCause, channel: Channel) -> None:
    """A freeze is lifted for its owner only; whom an officer stopped is not let in by a case.

    Lost can be an authenticator or passkey, and the channel of the log-in codes: not the one by which the case is opened.
    """
    if freezing.is_owners_alone(freezing.current(locked)):
        return
    if not locked.may_act:
        raise AccountStopped(account_status=Status(locked.status).label)
    if cause == RecoveryCause.FREEZE:
        raise NotFrozen
    shown = SecondFactorChannel.EMAIL if channel == Channel.EMAIL else SecondFactorChannel.PHONE
    if not second_factor.has_strong(locked) and locked.second_factor_channel in (SecondFactorChannel.NONE, shown):
        raise NothingToRecover


def _open_or_resume(locked: User, cause: RecoveryCause, statement: str, client: Client) -> Opened:
    text = token()
    running = RecoveryCase.objects.select_for_update().filter(user=locked, state__in=OPEN).first()
    if running is not None:
        running.token_hash = token_hash(text)
        running.save(update_fields=["token_hash"])
        return Opened(running, text)
    moment = now()
    made = RecoveryCase.objects.create(
        user=locked,
        cause=cause,
        token_hash=token_hash(text),
        statement=statement[:STATEMENT_LENGTH_MAX],
        challenge=new_challenge(),
        selfie_due_by=moment + timedelta(days=SELFIE_DAYS),
        created_at=moment,
        ip=client.ip,
    )
    return Opened(made, text)


def new_challenge() -> str:
    """A number that no picture taken before can show."""
    return f"{secrets.randbelow(10**CHALLENGE_DIGITS):0{CHALLENGE_DIGITS}d}"


def find(text: str) -> RecoveryCase:
    """The case of this token, with its user. Raises RecoveryTokenInvalid."""
    found = None
    if TOKEN.fullmatch(text):
        found = RecoveryCase.objects.select_related("user").filter(token_hash=token_hash(text)).first()
    if found is None or (found.ended_at is not None and found.ended_at < now() - TOKEN_LIFETIME):
        raise RecoveryTokenInvalid
    return found


def selfie_due(text: str) -> RecoveryCase:
    """The case of this token, which waits for a selfie. Raises RecoveryTokenInvalid, IllegalMove."""
    case = find(text)
    CASE_FLOW.check(case.state, CaseState.SUBMITTED)
    return case


def submit(*, token: str, selfie_reference: str, selfie_sha256: bytes) -> RecoveryCase:
    """Hand the case in with a new selfie, in the caller's transaction if there is one.

    Raises RecoveryTokenInvalid, IllegalMove, SelfieNotFresh (an officer has seen this very picture).
    """
    with transaction.atomic():
        case = locked(find(token))
        CASE_FLOW.check(case.state, CaseState.SUBMITTED)
        if RecoveryDecision.objects.filter(selfie_sha256=selfie_sha256).exists():
            raise SelfieNotFresh
        case.state = CaseState.SUBMITTED
        case.selfie_reference, case.selfie_sha256 = selfie_reference, selfie_sha256
        case.submitted_at, case.selfie_due_by = now(), None
        case.claimed_by, case.claimed_at = None, None
        changed = ["state", "selfie_reference", "selfie_sha256", "submitted_at", "selfie_due_by", "claimed_by", "claimed_at"]
        case.save(update_fields=changed)
    return case


def cancel_by_token(*, token: str, client: Client) -> RecoveryCase:
    """Take the case back. Raises RecoveryTokenInvalid, IllegalMove."""
    return cancel(case=find(token), client=client)


def reason_of(case: RecoveryCase, language: str) -> str:
    """Why an officer sent the case back or rejected it, in the customer's words."""
    if case.state not in (CaseState.SENT_BACK, CaseState.REJECTED):
        return ""
    last = case.decisions.exclude(reason_slug="").order_by("-id").first()
    return recovery_reasons.text_of(last.reason_slug, language) if last is not None else ""
