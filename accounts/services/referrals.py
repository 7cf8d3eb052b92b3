"""Referral codes: each customer has one to give to friends."""

from __future__ import annotations

import secrets

from django.db import IntegrityError, transaction

from accounts.errors import ReferralLocked, ReferralUnknown
from accounts.models import Status, User
from accounts.models.attempts import Scope
from accounts.services import attempts

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without I, L, O, 0 and 1, which are read for one another."""
LENGTH = 8
TEXT_LENGTH_MAX = 32
"""Characters of a code as typed, spaces included."""
DRAWS_MAX = 10
REFERS = frozenset({Status.NORMAL, Status.BLOCKED, Status.NOT_TRADABLE})
"""Whose code is taken: a customer who proved an address and still is one."""


def draw() -> str:
    """A code that is new in all likelihood; the database refuses one that isn't."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def find(text: str, *, ip: str) -> User:
    """The customer of this code. Wrong codes are counted per address, so that codes can't be found by trying.

    Sub-accounts and officers have none. Raises ReferralUnknown, ReferralLocked; RuntimeError inside a transaction.
    """
    (attempt,) = attempts.begin(attempts.address(ip, Scope.REFERRAL))
    if attempt.locked_for:
        raise ReferralLocked(retry_after=attempt.locked_for)
    code = text[:TEXT_LENGTH_MAX].strip().upper()
    referrer = User.objects.filter(
        referral_code=code, parent__isnull=True, is_staff=False, status__in=[status.value for status in REFERS]
    ).first()
    if referrer is None:
        raise ReferralUnknown
    attempts.give_back(attempt.subject)
    return referrer


def code_of(user: User) -> str | None:
    """The user's own code, drawn now where there is none yet; None for sub-accounts and officers."""
    if user.referral_code or user.parent_id is not None or user.is_staff:
        return user.referral_code
    for _ in range(DRAWS_MAX):
        try:
            with transaction.atomic():
                User.objects.filter(pk=user.pk, referral_code__isnull=True).update(referral_code=draw())
        except IntegrityError:  # taken: the next draw is another
            continue
        break
    user.refresh_from_db(fields=["referral_code"])
    return user.referral_code
