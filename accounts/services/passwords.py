"""Passwords: the rules, the hashing pool, and checks that take the same time for names that nobody has.

A password comes as `Given(form, text)`. Where the text is known, all forms are stored; where only a digest is, that
form alone, and the others are adopted at the first log-in that reveals the text and proves it (`renew`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.errors import PasswordRefused
from accounts.models import PasswordForm, User
from accounts.models.passwords import Form, Kind
from accounts.services.password_forms import BYTES_MAX, LENGTH_MAX, LENGTH_MIN, Given, plain
from config.kit.clock import now
from config.kit.errors import Unavailable

__all__ = ["BYTES_MAX", "LENGTH_MAX", "LENGTH_MIN", "Form", "Given", "Kind", "plain"]

ALL_FORMS = tuple(Form)
MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
HASHER = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, hash_len=32, salt_len=16, type=Type.ID)
"""Argon2id with the parameters of RFC 9106's memory-constrained use as OWASP lists them: 19 MiB, two passes, one lane."""
SLOT_WAIT_SECONDS = 5
"""How long a log-in waits for its turn at the hashing pool before it is sent away."""

FULL_RETRY_SECONDS = 1
"""What is told to whom the pool has no place to wait: a hash takes a small part of it."""
WAITERS_MAX = 2
"""Requests of one process that may wait; what comes then is sent away at once, so that waiting can't take every web thread."""

_slots = threading.BoundedSemaphore(settings.PASSWORD_HASHING_SLOTS)
_places = threading.BoundedSemaphore(settings.PASSWORD_HASHING_SLOTS + WAITERS_MAX)


@contextmanager
def _slot() -> Iterator[None]:
    """One of the pool's slots: a flood of log-ins fills the pool, not the processors."""
    if not _slots.acquire(timeout=SLOT_WAIT_SECONDS):
        raise Unavailable(retry_after=SLOT_WAIT_SECONDS)
    try:
        yield
    finally:
        _slots.release()


@contextmanager
def _place() -> Iterator[None]:
    """A slot, or one of the few places to wait for one: for what anybody may ask for."""
    if not _places.acquire(blocking=False):
        raise Unavailable(retry_after=FULL_RETRY_SECONDS)
    try:
        with _slot():
            yield
    finally:
        _places.release()


def encode_forms(given: Given, *, forms: Collection[Form] = ALL_FORMS, is_anonymous: bool = False) -> dict[Form, str]:
    """Each of the forms that is known of the password, hashed: all of them of a text, one of a digest.

    Each hash takes its own turn at the pool. Who proved a code or a password waits without a bound but time; who
    `is_anonymous` has a place to wait only where the pool has one, as log-ins do.
    Raises Unavailable where the pool stays full; ValueError for what is no password at all.
    """
    known = {form: text for form in forms if (text := given.as_form(form)) is not None}
    if not known:
        raise ValueError("check_rules comes first: this is no password of any of the forms")
    turn = _place if is_anonymous else _slot
    return {form: _encode(text, turn) for form, text in known.items()}


def forms_of(user: User | None, kind: Kind = Kind.LOGIN) -> list[PasswordForm]:
    """The forms in which the user's password is stored, in one query; none of nobody's, after the same query."""
    return list(PasswordForm.objects.select_related("user").filter(user_id=user.pk if user is not None else 0, kind=kind))


def has_one(user: User, kind: Kind = Kind.LOGIN) -> bool:
    """Whether the user has a password at all: who registered by a code alone has none until one is set."""
    return PasswordForm.objects.filter(user=user, kind=kind).exists()


def matches(stored: Sequence[PasswordForm], given: Given) -> bool:
    """Whether the password is the stored one. Exactly one hash is compared, whatever is stored and whatever was sent.

    Where its own form is not stored, a text is proved by a form that can be derived from it; a digest proves nothing
    but its own form. Raises Unavailable where the pool stays full, or at once where others wait already.
    """
    proof = _proof(stored, given)
    text = given.as_form(Form(proof.form)) if proof is not None else None
    fits = _verify(proof.encoded if proof is not None else _nobody(), text if text is not None else b"")
    return fits and text is not None


def _proof(stored: Sequence[PasswordForm], given: Given) -> PasswordForm | None:
    """The stored form by which this password can be proved: its own where there is one."""
    usable = [one for one in stored if given.as_form(Form(one.form)) is not None]
    return min(usable, key=lambda one: (one.form != given.form, one.form), default=None)


def renew(stored: Sequence[PasswordForm], given: Given) -> None:
    """After `matches` said yes: hash anew what was hashed weaker than today, and adopt the forms that a text reveals.

    Where the pool is full, the next log-in will do it.
    """
    proof = _proof(stored, given)
    if proof is None:
        return
    due = {form: text for form in _due(stored) if (text := given.as_form(form)) is not None}
    try:
        made = {form: _encode(text) for form, text in due.items()}
    except Unavailable:
        return
    if made:
        _adopt(proof, made)


def _due(stored: Sequence[PasswordForm]) -> set[Form]:
    """The forms that are missing or were hashed with other parameters. Officers' passwords are texts only."""
    good = {Form(one.form) for one in stored if not HASHER.check_needs_rehash(one.encoded)}
    wanted = {Form.PLAIN} if any(one.user.is_staff for one in stored) else set(ALL_FORMS)
    return wanted - good


def _adopt(proof: PasswordForm, made: dict[Form, str]) -> None:
    """Write the forms, unless the password was changed meanwhile: that of before must not come back."""
    moment = now()
    with transaction.atomic():
        _lock(proof.user_id)
        if not PasswordForm.objects.filter(pk=proof.pk, encoded=proof.encoded).exists():
            return
        PasswordForm.objects.bulk_create(
            [
                PasswordForm(user_id=proof.user_id, kind=proof.kind, form=form, encoded=encoded, changed_at=moment)
                for form, encoded in made.items()
            ],
            update_conflicts=True,
            unique_fields=["user", "kind", "form"],
            update_fields=["encoded"],
        )


def store(user: User, encoded_forms: dict[Form, str], kind: Kind = Kind.LOGIN) -> None:
    """Set the user's password, in the caller's transaction; forms not given are gone: they would open the old one.

    The user's row is locked first, so that a log-in at the same time adopts nothing of the old password.
    """
    moment = now()
    _lock(user.pk)
    PasswordForm.objects.filter(user=user, kind=kind).delete()
    PasswordForm.objects.bulk_create(
        PasswordForm(user=user, kind=kind, form=form, encoded=encoded, changed_at=moment)
        for form, encoded in encoded_forms.items()
    )


def _lock(user_id: int) -> None:
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user_id)


def _encode(text: bytes, turn: Callable[[], AbstractContextManager[None]] = _slot) -> str:
    with turn():
        return HASHER.hash(text)


def _verify(encoded: str, text: bytes) -> bool:
    with _place():
        try:
            return HASHER.verify(encoded, text)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False


@cache
def _nobody() -> str:
    """A hash that no password has, with today's parameters."""
    return HASHER.hash(b"\xff nobody")


def check_rules(given: Given, *, names: tuple[str, ...] = ()) -> None:
    """Promise that the password may be set. `names` are the log-in names that it must not equal.

    Of a digest only this much can be told: whether it is one, and whether it is that of a common password or a name.
    Raises PasswordRefused with all reasons.
    """
    reasons = []
    if given.is_plain and len(given.text) < LENGTH_MIN:
        reasons.append("too_short")
    if not given.is_well_formed:
        reasons.append("too_long" if given.is_plain else "malformed")
    elif _is_common(given):
        reasons.append("common")
    if any(given.means(name) for name in names if name):
        reasons.append("same_as_name")
    if reasons:
        raise PasswordRefused(reasons=reasons)


@cache
def _common() -> CommonPasswordValidator:
    return CommonPasswordValidator()


@cache
def _common_digests(form: Form) -> frozenset[bytes]:
    """The digests of all common passwords, made once: twenty thousand of each form that is used."""
    return frozenset(text for word in _common().passwords if (text := plain(word).as_form(form)) is not None)


def _is_common(given: Given) -> bool:
    if not given.is_plain:
        return given.as_form(given.form) in _common_digests(given.form)
    try:
        _common().validate(given.text)
    except ValidationError:
        return True
    return False
