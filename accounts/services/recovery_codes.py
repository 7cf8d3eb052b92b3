"""Recovery codes: ten, shown once, each good once, in place of a factor that was lost.

50 bits each in Crockford's base 32, so that no letter is mistaken for another; only the keyed hash is kept.
"""

from __future__ import annotations

import re
import secrets

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import RecoveryCode, User
from accounts.models.logins import LoginAct
from accounts.services import changes, factor_attempts
from accounts.services.clients import UNKNOWN, Client
from config.kit.clock import now
from config.kit.crypto import keyed_hash
from messaging.models import Purpose

CODES = 10
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 10
"""Characters of five bits each."""
TEXT_LENGTH_MAX = 32
"""Of a code as it is typed, with whatever stands between its letters."""
PURPOSES = frozenset(
    {
        Purpose.SECOND_FACTOR,
        Purpose.RECOVERY_SECOND,
        Purpose.TOTP_BIND,
        Purpose.TOTP_CHANGE,
        Purpose.TOTP_UNBIND,
        Purpose.PASSKEY_ADD,
        Purpose.PASSKEY_REMOVE,
    }
)
"""What a recovery code stands in for: signing in, recovering the password, and putting another factor in a lost one's place.

Not for money, contacts or API keys, and not for new recovery codes: a found slip of paper must not become ten.
"""
_MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1"})
_BETWEEN = re.compile(r"[\s\-‐-―]+")


def draw(user: User) -> list[str]:
    """Ten new codes, in the caller's transaction; the former ones are void."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    RecoveryCode.objects.filter(user=user).delete()
    texts: set[str] = set()
    while len(texts) < CODES:
        texts.add("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))
    drawn = list(texts)
    moment = now()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=_hash(user, text), created_at=moment) for text in drawn)
    return [f"{text[: LENGTH // 2]}-{text[LENGTH // 2 :]}" for text in drawn]


def unused(user: User) -> QuerySet[RecoveryCode]:
    """The user's codes that are still good."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True)


def check(user: User, code: str, *, client: Client | None = None) -> None:
    """Take one of the user's codes, once; its owner is told how many are left.

    The attempt is counted and committed before it is compared.
    Raises WrongCode, TooManyAttempts; RuntimeError inside a transaction.
    """
    attempt = factor_attempts.begin(factor_attempts.subject_of(user.pk))
    text = normalise(code)
    with transaction.atomic():
        spent = text and unused(user).filter(code_hash=_hash(user, text)).update(used_at=now())
        if spent:
            left = str(unused(user).count())
            changes.follow(user=user, act=LoginAct.RECOVERY_CODE_USED, client=client or UNKNOWN, facts={"left": left})
    if not spent:
        raise factor_attempts.wrong(attempt)
    factor_attempts.forget(user.pk)


def normalise(code: str) -> str:
    """The bare code, or "" where the text can't be one: case, dashes and spaces don't count, nor O for 0 and I or L for 1."""
    if len(code) > TEXT_LENGTH_MAX:
        return ""
    text = _BETWEEN.sub("", code).lower().translate(_MISREAD)
    return text if len(text) == LENGTH and set(text) <= set(ALPHABET) else ""


def _hash(user: User, text: str) -> bytes:
    return keyed_hash("accounts.recovery-code", str(user.pk), text)
