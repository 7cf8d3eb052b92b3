"""The trade (fund) password: a second word that money asks for, kept in the forms of all dialects like the first.

It is never the log-in password, never too simple, and its attempts are counted. `require` is the door for whatever
asks for it.
"""

from __future__ import annotations

import string
from functools import cache

from django.db import transaction

from accounts.errors import (
    TradePasswordAlreadySet,
    TradePasswordLocked,
    TradePasswordMissing,
    TradePasswordRefused,
    TradePasswordWrong,
)
from accounts.models import PasswordForm, User
from accounts.models.attempts import Scope
from accounts.models.holds import Cause
from accounts.models.logins import LoginAct
from accounts.models.passwords import Form, Kind
from accounts.services import attempts, changes, passwords, second_factor
from accounts.services.attempts import Subject
from accounts.services.clients import Client
from accounts.services.password_change import require_where_there_is_one
from accounts.services.password_pairs import check_apart, still_apart
from accounts.services.passwords import Given, plain
from accounts.services.second_factor import Proof
from config.kit.errors import Unavailable
from messaging.models import Purpose

LENGTH_MIN = 6
"""Characters; six digits are what the keypads of the apps ask for."""
SIMPLE_LENGTH_MAX = 16
"""Up to this length the digests of simple words are known; longer ones are found where the text is."""
_LINES = (string.digits * 3, string.ascii_lowercase * 2)
"""What is typed along: 123456, 890123, abcdef, and each of them backwards."""


def is_set(user: User) -> bool:
    """Whether the user has a trade password."""
    return PasswordForm.objects.filter(user=user, kind=Kind.TRADE).exists()


def require(user: User, given: Given) -> None:
    """Promise that the trade password was shown. The attempt is counted and committed before it is compared.

    Raises TradePasswordMissing, TradePasswordLocked, TradePasswordWrong, Unavailable; RuntimeError inside a transaction.
    """
    stored = passwords.forms_of(user, Kind.TRADE)
    if not stored:
        raise TradePasswordMissing
    subject = Subject(Scope.TRADE_PASSWORD, str(user.pk))
    (tried,) = attempts.begin(subject)
    if tried.locked_for:
        raise TradePasswordLocked(failures=tried.failures, retry_after=tried.locked_for)
    try:
        fits = passwords.matches(stored, given)
    except Unavailable:
        attempts.undo([tried])
        raise
    if not fits:
        raise TradePasswordWrong(failures=tried.failures)
    attempts.forget([subject])
    passwords.renew(stored, given)


def write(*, user: User, new: Given, old: Given | None, proof: Proof | None, client: Client) -> None:
    """Set the first one, change it where the old one is given, else reset it: each with the proof of its own purpose.

    Raises what `set_first`, `change` and `reset` raise.
    """
    if old is not None:
        change(user=user, old=old, new=new, proof=proof, client=client)
    elif is_set(user):
        reset(user=user, new=new, proof=proof, client=client)
    else:
        set_first(user=user, new=new, proof=proof, client=client)


def write_unasked(*, user: User, new: Given, is_change: bool | None, proof: Proof | None, client: Client) -> None:
    """Set the first one or change it without the old one, for dialects that don't ask for that; None: whichever it is.

    Each with the proof of its purpose, `trade_password_set` or `trade_password_change`; held and told like all others.
    Raises what `set_first` and `reset` raise.
    """
    if is_set(user) if is_change is None else is_change:
        reset(user=user, new=new, proof=proof, client=client, purpose=Purpose.TRADE_PASSWORD_CHANGE)
    else:
        set_first(user=user, new=new, proof=proof, client=client)


def set_first(*, user: User, new: Given, proof: Proof | None, client: Client, is_fresh: bool | None = None) -> None:
    """Set the trade password of an account that has none (purpose `trade_password_set`); every channel is told.

    A dialect whose document asks for it right after the sign-in says whether that `is_fresh`, which is proof enough: every
    factor that is on was shown for it. No other proof than the purpose's own does where it doesn't say so.
    Raises TradePasswordRefused, TradePasswordAlreadySet, PasswordsEqual, SecondFactorRequired, WrongCode, CodeExpired,
    TooManyAttempts, NotFresh, Unavailable.
    """
    check_rules(new)
    if is_set(user):
        raise TradePasswordAlreadySet
    if is_fresh is None:
        require_where_there_is_one(user, proof, Purpose.TRADE_PASSWORD_SET, client)
    elif not is_fresh or (proof is not None and not proof.is_empty):
        second_factor.require_or_fresh(user, proof, Purpose.TRADE_PASSWORD_SET, is_fresh=is_fresh, client=client)
    _write(user, new, client, LoginAct.TRADE_PASSWORD_SET, replaces=False)


def change(*, user: User, old: Given, new: Given, proof: Proof | None, client: Client) -> None:
    """Change the trade password (purpose `trade_password_change`); outgoing money is held for 24 h, every channel is told.

    Raises TradePasswordRefused, TradePasswordMissing, TradePasswordLocked, TradePasswordWrong, PasswordsEqual,
    SecondFactorRequired, WrongCode, CodeExpired, TooManyAttempts, Unavailable.
    """
    check_rules(new)
    require(user, old)
    require_where_there_is_one(user, proof, Purpose.TRADE_PASSWORD_CHANGE, client)
    _write(user, new, client, LoginAct.TRADE_PASSWORD_RESET, replaces=True)


def reset(
    *,
    user: User,
    new: Given,
    proof: Proof | None,
    client: Client,
    purpose: Purpose = Purpose.TRADE_PASSWORD_RESET,
) -> None:
    """Replace a forgotten trade password, against a proof of the purpose; held and told like a change.

    Raises TradePasswordRefused, TradePasswordMissing, PasswordsEqual, SecondFactorRequired, WrongCode, CodeExpired,
    TooManyAttempts, Unavailable.
    """
    check_rules(new)
    if not is_set(user):
        raise TradePasswordMissing
    require_where_there_is_one(user, proof, purpose, client)
    _write(user, new, client, LoginAct.TRADE_PASSWORD_RESET, replaces=True)


def _write(user: User, new: Given, client: Client, act: LoginAct, *, replaces: bool) -> None:
    seen = check_apart(user, new, Kind.TRADE)
    encoded = passwords.encode_forms(new)
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if not replaces and is_set(locked):
            raise TradePasswordAlreadySet
        still_apart(locked, Kind.TRADE, seen)
        passwords.store(locked, encoded, Kind.TRADE)
        attempts.forget([Subject(Scope.TRADE_PASSWORD, str(locked.pk))])
        changes.follow(user=locked, act=act, client=client, hold=Cause.TRADE_PASSWORD if replaces else None)


def check_rules(given: Given) -> None:
    """Promise that the trade password may be set. Of a digest it can be told whether it is that of a simple word.

    Raises TradePasswordRefused with all reasons.
    """
    reasons = []
    if given.is_plain and len(given.text) < LENGTH_MIN:
        reasons.append("too_short")
    if not given.is_well_formed:
        reasons.append("too_long" if given.is_plain else "malformed")
    elif _is_simple(given):
        reasons.append("too_simple")
    if reasons:
        raise TradePasswordRefused(reasons=reasons)


def _is_simple(given: Given) -> bool:
    if not given.is_plain:
        return given.as_form(given.form) in _simple_digests(given.form)
    text = given.text.casefold()
    return len(set(text)) == 1 or any(text in line or text[::-1] in line for line in _LINES)


@cache
def _simple_digests(form: Form) -> frozenset[bytes]:
    """The digests of the simple words of every length up to SIMPLE_LENGTH_MAX, the too short ones among them."""
    words = set()
    for length in range(1, SIMPLE_LENGTH_MAX + 1):
        words |= {character * length for character in string.digits + string.ascii_lowercase}
        words |= {line[i : i + length] for line in _LINES for i in range(len(line) - length + 1)}
    words |= {word[::-1] for word in words}
    return frozenset(text for word in words if (text := plain(word).as_form(form)) is not None)
