"""The log-in password: set for the first time, changed, and written at the end of a recovery."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from accounts.errors import (
    OldPasswordWrong,
    PasswordAlreadySet,
    PasswordMissing,
    PasswordUnchanged,
    RecoveryInvalid,
    SignInLocked,
)
from accounts.models import PasswordForm, Session, User
from accounts.models.attempts import Scope
from accounts.models.holds import Cause
from accounts.models.logins import LoginAct
from accounts.models.passwords import Form, Kind
from accounts.models.recovery import PasswordRecoveryState
from accounts.models.sessions import EndCause
from accounts.services import attempts, changes, holds, logins, names, passwords, recovery_rows, second_factor, sessions
from accounts.services.attempts import Subject
from accounts.services.clients import Client
from accounts.services.password_pairs import check_apart, names_of, still_apart
from accounts.services.passwords import Given
from accounts.services.second_factor import Proof
from config.kit.errors import Unavailable
from messaging.models import Purpose


def set_first(*, user: User, new: Given, proof: Proof | None, session: Session | None, client: Client) -> None:
    """Give an account that was opened with a code its password, against a proof of the purpose `password_set`.

    All other sessions end, every bound channel is told, and unless the account is new outgoing money is held for 24 h.
    Raises PasswordRefused, PasswordAlreadySet, SecondFactorRequired, WrongCode, CodeExpired, TooManyAttempts,
    PasswordsEqual, Unavailable.
    """
    passwords.check_rules(new, names=names_of(user))
    if passwords.forms_of(user):
        raise PasswordAlreadySet
    require_where_there_is_one(user, proof, Purpose.PASSWORD_SET, client)
    seen = check_apart(user, new, Kind.LOGIN)
    encoded = passwords.encode_forms(new)
    with transaction.atomic():
        locked = _locked(user)
        if passwords.forms_of(locked):
            raise PasswordAlreadySet
        _write(locked, encoded, seen)
        changes.follow(
            user=locked,
            act=LoginAct.PASSWORD_SET,
            client=client,
            session=session,
            ends=EndCause.PASSWORD_CHANGED,
            hold=Cause.PASSWORD,
            new_may_skip_hold=True,
        )


def change(*, user: User, old: Given, new: Given, proof: Proof | None, session: Session | None, client: Client) -> None:
    """Put a new password in the place of the old one, which is asked for together with a proof (`password_change`).

    All other sessions end, outgoing money is held for 24 h, and every bound channel is told. API keys stay: while the
    hold runs they move no money out. Attempts at the old password are counted like those of a log-in, under the
    account: strangers, who have no session of it, can't lock its owner out here.
    Raises what `_change` raises, and SecondFactorRequired, WrongCode, CodeExpired, TooManyAttempts.
    """

    def prove() -> None:
        require_where_there_is_one(user, proof, Purpose.PASSWORD_CHANGE, client)

    _change(user, old, new, prove=prove, session=session, ends_own=False, client=client)


def change_by_old(*, user: User, old: Given, new: Given, session: Session, client: Client) -> None:
    """Like `change`, for dialects that ask for the old password alone; here the session that asks ends as well.

    No second factor is asked for; who signs in with the new password needs it as before, and outgoing money waits. Raises
    what `_change` raises.
    """
    _change(user, old, new, prove=lambda: None, session=session, ends_own=True, client=client)


def _change(
    user: User,
    old: Given,
    new: Given,
    *,
    prove: Callable[[], None],
    session: Session | None,
    ends_own: bool,
    client: Client,
) -> None:
    """Change it. `prove` asks for what else has to be shown, once the old one was.

    Raises PasswordRefused, PasswordMissing, SignInLocked, OldPasswordWrong, PasswordUnchanged, PasswordsEqual, NotSignedIn
    where the session ended meanwhile, Unavailable.
    """
    passwords.check_rules(new, names=names_of(user))
    stored = passwords.forms_of(user)
    if not stored:
        raise PasswordMissing
    _prove_old(user, stored, old, client)
    if passwords.matches(stored, new):
        raise PasswordUnchanged
    prove()
    seen = check_apart(user, new, Kind.LOGIN)
    encoded = passwords.encode_forms(new)
    with transaction.atomic():
        locked = _locked(user)
        if not PasswordForm.objects.filter(pk__in=[one.pk for one in stored]).exists():
            raise OldPasswordWrong(failures=0)  # another request was faster: what was proven is not the password any more
        _write(locked, encoded, seen)
        changes.follow(
            user=locked,
            act=LoginAct.PASSWORD_CHANGED,
            client=client,
            session=session,
            ends=EndCause.PASSWORD_CHANGED,
            hold=Cause.PASSWORD,
        )
        if ends_own:
            sessions.end_all(user=locked, cause=EndCause.PASSWORD_CHANGED)


def recover(*, token: str, new: Given, client: Client) -> None:
    """The last step of a recovery: the new password.

    All sessions end, no device is known any more, every bound channel is told with a link that freezes the account,
    and outgoing money is held for 24 h, for 72 h where an identity number was the second proof.
    Raises PasswordRefused, RecoveryInvalid, RecoveryLocked, PasswordsEqual, Unavailable.
    """
    passwords.check_rules(new)
    recovery = recovery_rows.named(token, client)
    if recovery.state != PasswordRecoveryState.PROVEN or recovery.user is None:
        raise RecoveryInvalid
    passwords.check_rules(new, names=names_of(recovery.user))
    seen = check_apart(recovery.user, new, Kind.LOGIN)
    encoded = passwords.encode_forms(new)
    with transaction.atomic():
        locked = _locked(recovery.user)
        recovery_rows.step(recovery, PasswordRecoveryState.DONE)
        _write(locked, encoded, seen)
        changes.follow(
            user=locked,
            act=LoginAct.PASSWORD_RECOVERED,
            client=client,
            ends=EndCause.RECOVERED,
            hold=Cause.RECOVERY,
            hold_hours=holds.RECOVERY_HOURS if recovery.used_id_card else holds.CHANGE_HOURS,
            forget_devices=True,
        )
        attempts.forget([Subject(Scope.NAME, names.read(name).counted) for name in names_of(locked) if name])


def require_where_there_is_one(user: User, proof: Proof | None, purpose: Purpose, client: Client) -> None:
    """The second factor; nothing of an account that has neither a factor nor a channel: a sub-account of its parent."""
    if second_factor.has_strong(user) or second_factor.methods(user, purpose):
        second_factor.require(user, proof, purpose, client=client)


def _prove_old(user: User, stored: list[PasswordForm], old: Given, client: Client) -> None:
    """The password of now, counted before it is compared. Raises SignInLocked, OldPasswordWrong, Unavailable."""
    subject = Subject(Scope.NAME, f"account:{user.pk}")
    (tried,) = attempts.begin(subject)
    if tried.locked_for:
        raise SignInLocked(failures=tried.failures, retry_after=tried.locked_for)
    try:
        fits = passwords.matches(stored, old)
    except Unavailable:
        attempts.undo([tried])
        raise
    if not fits:
        logins.note(user=user, act=LoginAct.LOGIN_FAILED, client=client)
        raise OldPasswordWrong(failures=tried.failures)
    attempts.forget([subject])


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _write(user: User, encoded: dict[Form, str], seen: frozenset[int]) -> None:
    """Store it under the user's lock; recoveries that were under way lead nowhere any more."""
    still_apart(user, Kind.LOGIN, seen)
    recovery_rows.end_open(user)
    passwords.store(user, encoded)
