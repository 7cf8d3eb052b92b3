"""Wrong second factors of a user, counted together whatever the method, so that no method is a way around another's lock."""

from __future__ import annotations

from accounts.models.attempts import Scope
from accounts.services import attempts
from accounts.services.attempts import Attempt, Subject
from messaging.errors import TooManyAttempts, WrongCode


def subject_of(user_id: int) -> Subject:
    """Under what wrong second factors of a user are counted."""
    return Subject(Scope.SECOND_FACTOR, str(user_id))


def begin(subject: Subject) -> Attempt:
    """Count an attempt and commit. Raises TooManyAttempts under a lock; RuntimeError inside a transaction."""
    (attempt,) = attempts.begin(subject)
    if attempt.locked_for:
        raise TooManyAttempts(retry_after=attempt.locked_for)
    return attempt


def wrong(attempt: Attempt, *, channel: str = "") -> WrongCode:
    """The refusal of what was wrong, with what is left; `channel` is the way by which it was said to have come."""
    return WrongCode(attempts_left=attempts.failures_left(attempt), channel=channel)


def forget(user_id: int) -> None:
    """What was shown was right: the failures before it count no more."""
    attempts.forget([subject_of(user_id)])
