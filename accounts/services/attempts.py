"""Attempts: counted and committed before anything is compared, given back when they succeed.

Because an attempt is counted first, parallel guesses can't slip through between the look and the count: while a name
has five tries, five guesses are compared, however many arrive at once.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.errors import AddressLocked, SignInLocked
from accounts.models import AttemptCounter
from accounts.models.attempts import Scope
from config.kit.clock import now
from config.kit.crypto import keyed_hash
from config.kit.network import neighbourhood


@dataclass(frozen=True)
class Budget:
    """Within `window` since the last attempt, the n-th failure locks for so many seconds."""

    window: timedelta
    steps: tuple[tuple[int, int], ...]

    def lock_seconds(self, failures: int) -> int:
        """How long the failure of this number locks; 0 for not at all."""
        return max((seconds for threshold, seconds in self.steps if failures >= threshold), default=0)


NAME_STEPS = ((5, 60), (6, 5 * 60), (7, 15 * 60), (8, 3_600), (9, 24 * 3_600))
"""From the fifth failure on a name is locked, longer each time: (failures, seconds)."""
ADDRESS_STEPS = ((50, 15 * 60), (100, 3_600), (200, 24 * 3_600))
"""An address may hide many customers behind it, so its budget is wider."""
BUDGETS = {
    Scope.NAME: Budget(timedelta(hours=24), NAME_STEPS),
    Scope.DEVICE: Budget(timedelta(hours=24), ((10, 3_600), (15, 24 * 3_600))),
    Scope.ADDRESS: Budget(timedelta(hours=1), ADDRESS_STEPS),
    Scope.SECOND_FACTOR: Budget(timedelta(hours=24), ((5, 15 * 60), (10, 3_600), (15, 24 * 3_600))),
    Scope.REFERRAL: Budget(timedelta(hours=1), ((10, 15 * 60), (20, 24 * 3_600))),
    # One mistypes a receiver now and then; who names twenty unknown ones in a day looks for who is a customer here.
    Scope.RECEIVER: Budget(timedelta(hours=24), ((10, 15 * 60), (15, 3_600), (20, 24 * 3_600))),
    Scope.TRADE_PASSWORD: Budget(timedelta(hours=24), NAME_STEPS),
    # Anybody can fail at the recovery of a name, so that its lock slows guesses and shuts nobody out for a day.
    Scope.RECOVERY: Budget(timedelta(hours=24), NAME_STEPS[:-1]),
    Scope.RECOVERY_ADDRESS: Budget(timedelta(hours=1), ((20, 15 * 60), (50, 3_600), (100, 24 * 3_600))),
    # Whoever knows an officer's address can fail at the desk's door: the lock slows guesses and never lasts a working day.
    Scope.STAFF_NAME: Budget(timedelta(hours=24), ((5, 15 * 60),)),
    # An app token is never guessed: whoever fails so often from one address tries stolen ones.
    Scope.APP_TOKEN: Budget(timedelta(hours=1), ((20, 15 * 60), (50, 3_600), (100, 24 * 3_600))),
    Scope.STAFF_ADDRESS: Budget(timedelta(hours=1), ((20, 15 * 60), (40, 24 * 3_600))),
}


@dataclass(frozen=True)
class Subject:
    """What an attempt is counted under."""

    scope: Scope
    key: str

    @property
    def key_hash(self) -> bytes:
        """The keyed hash by which the row is found."""
        return keyed_hash("accounts.attempts", self.scope, self.key)


@dataclass(frozen=True)
class Attempt:
    """What became of one count: `locked_for` > 0 means that nothing was counted, because a lock runs."""

    subject: Subject
    failures: int
    locked_for: int = 0


def address(ip: str, scope: Scope = Scope.ADDRESS) -> Subject:
    """The subject of a network address: the address itself for IPv4, its /56 for IPv6."""
    return Subject(scope, ip if ipaddress.ip_address(ip).version == 4 else neighbourhood(ip))


_COUNT = """
INSERT INTO accounts_attemptcounter AS counter (scope, key_hash, failures, last_at)
VALUES (%(scope)s, %(key_hash)s, 1, %(now)s)
ON CONFLICT (scope, key_hash) DO UPDATE
   SET failures = CASE WHEN counter.last_at < %(forget)s THEN 1 ELSE counter.failures + 1 END,
       last_at = %(now)s, locked_until = NULL
 WHERE counter.locked_until IS NULL OR counter.locked_until <= %(now)s
RETURNING failures
"""


def begin(*subjects: Subject, budgets: Mapping[Scope, Budget] = MappingProxyType({})) -> tuple[Attempt, ...]:
    """Count one attempt of each subject and commit, before anything is compared.

    A subject under a lock is not counted; the others are. The rows are locked in the order of scope and key. `budgets`
    stand in for ours where a scope is named.
    Raises RuntimeError inside a transaction: what it counts would be rolled back with the refusal.
    """
    made: dict[Subject, Attempt] = {}
    moment = now()
    with transaction.atomic(durable=True):
        for subject in sorted(subjects, key=lambda subject: (subject.scope, subject.key_hash)):
            made[subject] = _count(subject, budgets.get(subject.scope, BUDGETS[subject.scope]), moment)
    return tuple(made[subject] for subject in subjects)


def standing(subject: Subject) -> tuple[int, bool]:
    """How many failures count against the subject now, and whether a lock runs; nothing is counted."""
    row, moment = _rows(subject).first(), now()
    if row is None or row.last_at < moment - BUDGETS[subject.scope].window:
        return 0, False
    return row.failures, row.locked_until is not None and row.locked_until > moment


def begin_sign_in(
    by_address: Subject, by_name: Subject, *, budgets: Mapping[Scope, Budget] = MappingProxyType({})
) -> tuple[Attempt, Attempt]:
    """Count a sign-in under its address, then under its name; what a locked address tries is not held against the name.

    A dialect may lock a name, or a known device, by a budget of its own (`budgets`); the count is one for all dialects.
    Raises AddressLocked, SignInLocked; RuntimeError inside a transaction.
    """
    (at_address,) = begin(by_address)
    if at_address.locked_for:
        raise AddressLocked(retry_after=at_address.locked_for)
    (at_name,) = begin(by_name, budgets=budgets)
    if at_name.locked_for:
        raise SignInLocked(failures=at_name.failures, retry_after=at_name.locked_for)
    return at_address, at_name


def begin_at_address(ip: str) -> Attempt:
    """Count an attempt that has no name to count under. Raises AddressLocked; RuntimeError inside a transaction."""
    (attempt,) = begin(address(ip))
    if attempt.locked_for:
        raise AddressLocked(retry_after=attempt.locked_for)
    return attempt


def _count(subject: Subject, budget: Budget, moment: datetime) -> Attempt:
    given: dict[str, str | bytes | datetime] = {
        "scope": subject.scope.value,
        "key_hash": subject.key_hash,
        "now": moment,
        "forget": moment - budget.window,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, given)
        row = cursor.fetchone()
    if row is None:
        return _locked(subject, moment)
    failures = int(row[0])
    if seconds := budget.lock_seconds(failures):
        _rows(subject).update(locked_until=moment + timedelta(seconds=seconds))
    return Attempt(subject, failures)


def _locked(subject: Subject, moment: datetime) -> Attempt:
    row = _rows(subject).get()
    left = ((row.locked_until or moment) - moment).total_seconds()
    return Attempt(subject, row.failures, max(1, math.ceil(left)))


def mark(subject: Subject) -> None:
    """Write the time of a failure, in the caller's transaction."""
    _rows(subject).update(last_at=now())


def forget(subjects: Sequence[Subject]) -> None:
    """The attempt succeeded and its owner is known: the failures before it count no more."""
    for subject in subjects:
        _rows(subject).delete()


_GIVE_BACK = """
UPDATE accounts_attemptcounter
   SET failures = greatest(failures - 1, 0),
       locked_until = CASE WHEN failures - 1 < %(first)s THEN NULL ELSE locked_until END
 WHERE scope = %(scope)s AND key_hash = %(key_hash)s
"""


def give_back(subject: Subject) -> None:
    """The attempt succeeded, but says nothing of the failures of others behind the same address."""
    first = BUDGETS[subject.scope].steps[0][0]
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, {"scope": subject.scope.value, "key_hash": subject.key_hash, "first": first})


_UNDO = """
UPDATE accounts_attemptcounter
   SET failures = greatest(failures - 1, 0),
       locked_until = CASE WHEN failures <= %(counted)s OR failures <= %(first)s THEN NULL ELSE locked_until END
 WHERE scope = %(scope)s AND key_hash = %(key_hash)s
"""


def undo(made: Sequence[Attempt]) -> None:
    """Nothing was compared, through no fault of who tried: take the counts back, with the locks that they started."""
    for attempt in made:
        subject = attempt.subject
        given: dict[str, str | bytes | int] = {
            "scope": subject.scope.value,
            "key_hash": subject.key_hash,
            "counted": attempt.failures,
            "first": BUDGETS[subject.scope].steps[0][0],
        }
        with connection.cursor() as cursor:
            cursor.execute(_UNDO, given)


def failures_left(attempt: Attempt) -> int:
    """How many more failures until the next lock; 0 where one runs."""
    return max(0, BUDGETS[attempt.subject.scope].steps[0][0] - attempt.failures)


def retry_after(attempt: Attempt) -> int:
    """Seconds for which the failure of this attempt locks."""
    return attempt.locked_for or BUDGETS[attempt.subject.scope].lock_seconds(attempt.failures)


def _rows(subject: Subject) -> QuerySet[AttemptCounter]:
    return AttemptCounter.objects.filter(scope=subject.scope, key_hash=subject.key_hash)
