"""Passwords: the rules, the hashing pool, and checks that take the same time for names that nobody has."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from accounts.errors import PasswordRefused
from accounts.models import PasswordForm, User
from accounts.models.passwords import Form
from config.kit.clock import now
from config.kit.errors import Unavailable

LENGTH_MIN = 8
LENGTH_MAX = 128
"""Characters."""
BYTES_MAX = 512
"""Bytes in UTF-8: what is fed to the hash, whatever the characters are."""
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


def encode(password: str) -> str:
    """The password hashed. Only who proved a code or a password comes here, so that waiting has no bound but time.

    Raises Unavailable where the pool stays full.
    """
    with _slot():
        return HASHER.hash(_plain(password))


def matches(stored: PasswordForm | None, password: str) -> bool:
    """Whether the password is the stored one; where there is none, False after the same time.

    Hashes anew where the parameters have risen. Raises Unavailable where the pool stays full, or at once where others
    wait already.
    """
    plain = _plain(password)
    encoded = stored.encoded if stored is not None else _nobody()
    fits = _verify(encoded, plain)
    if stored is None or not fits:
        return False
    if HASHER.check_needs_rehash(encoded):
        PasswordForm.objects.filter(pk=stored.pk, encoded=encoded).update(encoded=encode(password))
    return True


def _verify(encoded: str, plain: bytes) -> bool:
    with _place():
        try:
            return HASHER.verify(encoded, plain)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False


@cache
def _nobody() -> str:
    """A hash that no password has, with today's parameters."""
    return HASHER.hash(b"\xff nobody")


def _plain(password: str) -> bytes:
    """NFC in UTF-8: what looks the same on two keyboards is the same. Cut off above the limit, where nothing fits."""
    return unicodedata.normalize("NFC", password[: LENGTH_MAX + 1]).encode("utf-8", "surrogatepass")[: BYTES_MAX + 1]


def check_rules(password: str, *, names: tuple[str, ...] = ()) -> None:
    """Promise that the password may be set. `names` are the log-in names that it must not equal.

    Raises PasswordRefused with all reasons.
    """
    reasons = []
    if len(password) < LENGTH_MIN:
        reasons.append("too_short")
    if len(password) > LENGTH_MAX or len(_plain(password)) > BYTES_MAX:
        reasons.append("too_long")
    elif _is_common(password):
        reasons.append("common")
    if password.casefold() in {name.casefold() for name in names if name}:
        reasons.append("same_as_name")
    if reasons:
        raise PasswordRefused(reasons=reasons)


@cache
def _common() -> CommonPasswordValidator:
    return CommonPasswordValidator()


def _is_common(password: str) -> bool:
    try:
        _common().validate(password)
    except ValidationError:
        return True
    return False


def store(user: User, encoded_forms: dict[Form, str]) -> None:
    """Set the forms of the user's password, in the caller's transaction; forms not given are gone."""
    moment = now()
    PasswordForm.objects.filter(user=user).delete()
    PasswordForm.objects.bulk_create(
        PasswordForm(user=user, form=form, encoded=encoded, changed_at=moment) for form, encoded in encoded_forms.items()
    )


def encode_forms(password: str) -> dict[Form, str]:
    """All wire forms of a password whose plain text is known, hashed."""
    return {Form.PLAIN: encode(password)}
