"""Codes: made, bound, sent, and taken once.

A code is bound to purpose, channel, destination, user, session and context: all of them enter the keyed hash that is
stored. A guess is counted and committed before it is compared, and the right one is consumed by one conditional
UPDATE, so that neither a crash nor a crowd makes an attempt free or a code good twice.
Design: docs/architecture.md#codes-and-messages
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from config.kit.clock import now
from config.kit.context import CodeTerms, current_code_terms
from config.kit.crypto import equal, keyed_hash
from messaging.errors import ChannelInvalid, CodeExpired, TooManyAttempts, WrongCode
from messaging.models import Channel, Code, Purpose
from messaging.services import orders
from messaging.services.catalogue import NOTICES, PURPOSE_CHANNELS, Template, code_template
from messaging.services.destinations import mask, normalise
from messaging.services.limits import (
    Exhausted,
    give_back,
    limit_key,
    take,
)
from messaging.services.outbox import Contents, drop_unsent, enqueue
from messaging.services.sending_limits import take_sending, wrong_code_limits

__all__ = ["CodeTerms", "Purpose", "SentCode", "send", "verify"]

CODE_TEXT_LENGTH_MAX = 16
_FOR_OWNERS = frozenset({Purpose.LOGIN, Purpose.RECOVERY, Purpose.ACCOUNT_RECOVERY, Purpose.ACTIVATION})
"""What only somebody who has an account asks for; anybody else is told so by mail."""
_FOR_NEWCOMERS = frozenset({Purpose.REGISTRATION, Purpose.QUICK_REGISTRATION, Purpose.EMAIL_BIND, Purpose.PHONE_BIND})
"""What needs a destination that nobody has; the owner of a taken one is told so by mail."""
_LONG = frozenset({Purpose.RECOVERY, Purpose.ACCOUNT_RECOVERY})  # eight digits where they travel by mail


@dataclass(frozen=True)
class SentCode:
    """What the asker may know: the same for every destination, known or not. `order` names this very sending."""

    destination_masked: str
    expires_at: datetime
    resend_at: datetime
    order: str = ""


@dataclass(frozen=True)
class _Binding:
    """Everything that a code is bound to."""

    purpose: str
    channel: str
    destination: str
    user_id: str
    session: str
    context: str

    @property
    def holder(self) -> bytes:
        owner = ("user", self.user_id) if self.user_id else ("destination", self.channel, self.destination)
        return orders.holder(*owner)

    @property
    def attempts_key(self) -> bytes:
        return limit_key("attempts", self.user_id or self.destination, self.channel, "user" if self.user_id else "")

    def hash_of(self, code: str) -> bytes:
        bound = (self.purpose, self.channel, self.destination, self.user_id, self.session, self.context)
        return keyed_hash("messaging.code", *bound, code)


def send(
    *,
    purpose: str,
    channel: str,
    destination: str,
    user: Any = None,
    context: str = "",
    session: str = "",
    language: str,
    ip: str,
    facts: dict[str, str] | None = None,
    account_exists: bool | None = None,
    terms: CodeTerms | None = None,
    owner: Any = None,
    is_silent: bool = False,
) -> SentCode:
    """Send a new code; the former one of this holder and purpose is void, the counters of attempts stay.

    For the public purposes say `account_exists`: a code to register or bind a taken destination, or a login or recovery
    code for an unknown one, is replaced by a message that says so to the destination's owner alone; all else is the same.

    `owner` is whose phrase it carries where the code is bound to the destination alone. `is_silent` where nobody reads this
    destination, which stands for a name that is unknown: all is counted and written as ever, and nothing leaves.
    Limits are taken in the caller's transaction: call this last in it.
    Raises InvalidEmail, InvalidPhone, ChannelInvalid, TooManyCodes, ValueError (a fact of the `context` is missing).
    """
    binding = _bind(purpose, channel, destination, user, session, context)
    if binding.channel not in PURPOSE_CHANNELS[binding.purpose]:
        raise ChannelInvalid(channel=binding.channel, purpose=binding.purpose)
    terms = terms or current_code_terms() or _our_terms()
    substitute = _substitute(binding.purpose, account_exists)
    moment = now()
    with transaction.atomic():
        take_sending(
            binding.purpose, terms, channel=binding.channel, destination=binding.destination, ip=ip, at=moment, user=user
        )
        row = _queue(binding, substitute, facts or {}, language, user or owner, terms, moment)
        if is_silent:
            drop_unsent(row)
    return _sent(row, binding)


def _sent(row: Code, binding: _Binding) -> SentCode:
    return SentCode(
        destination_masked=mask(binding.channel, binding.destination),
        expires_at=row.expires_at,
        resend_at=row.sent_at + timedelta(seconds=settings.MESSAGING_SEND_INTERVAL_SECONDS),
        order=orders.number(row.pk, row.generation, binding.channel),
    )


def verify(
    *,
    purpose: str,
    channel: str,
    destination: str,
    code: str,
    user: Any = None,
    context: str = "",
    session: str = "",
    order: str | None = None,
) -> None:
    """Take the code, once. The attempt is committed before the code is compared, so call this outside transactions.

    The code is gone also when what the caller does next fails. Where an `order` is given, it has to name the sending
    whose code this is: another one makes the code wrong.
    Raises WrongCode, CodeExpired, TooManyAttempts, InvalidEmail, InvalidPhone; RuntimeError inside a transaction.
    """
    binding = _bind(purpose, channel, destination, user, session, context)
    moment = now()
    with transaction.atomic(durable=True):
        attempt = _take_attempt(binding, moment)
    readable = len(code) <= CODE_TEXT_LENGTH_MAX and code.isascii() and code.isdigit()
    right = equal(attempt.code_hash, binding.hash_of(code if readable else "")) and readable
    right &= order is None or equal(order, orders.number(attempt.code_id, attempt.generation, binding.channel))
    if not right or not _consume(attempt, moment):
        raise WrongCode(attempts_left=attempt.attempts_left if not right else 0, channel=binding.channel)
    give_back(binding.attempts_key, at=moment)


def _bind(purpose: str, channel: str, destination: str, user: Any, session: str, context: str) -> _Binding:
    channel = Channel(channel).value
    return _Binding(
        purpose=Purpose(purpose).value,
        channel=channel,
        destination=normalise(channel, destination),
        user_id="" if user is None else str(user.pk),
        session=session,
        context=context,
    )


def _our_terms() -> CodeTerms:
    return CodeTerms(settings.MESSAGING_CODE_LIFETIME_SECONDS, settings.MESSAGING_CODE_ATTEMPTS)


def _substitute(purpose: str, account_exists: bool | None) -> Template | None:
    if purpose in _FOR_NEWCOMERS and account_exists is True:
        return NOTICES["account_exists"]
    if purpose in _FOR_OWNERS and account_exists is False:
        return NOTICES["no_account"]
    return None


def _new_code(binding: _Binding) -> str:
    long = binding.purpose in _LONG and binding.channel == Channel.EMAIL
    digits = settings.MESSAGING_RECOVERY_CODE_DIGITS if long else settings.MESSAGING_CODE_DIGITS
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def _queue(
    binding: _Binding,
    substitute: Template | None,
    facts: dict[str, str],
    language: str,
    user: Any,
    terms: CodeTerms,
    moment: datetime,
) -> Code:
    """Write the code's row over and queue its message; a substitute leaves a hash that no code fits."""
    user = None if substitute else user  # a substitute goes to somebody else than the asker: nothing of the asker's is in it
    code = "" if substitute else _new_code(binding)
    row = _write(binding, binding.hash_of(code) if code else secrets.token_bytes(32), terms, moment)
    drop_unsent(row)
    enqueue(
        template=substitute or code_template(binding.purpose, names_a_thing=bool(binding.context)),
        channel=binding.channel,
        contents=Contents(
            destination=binding.destination,
            facts=facts,
            code=code,
            minutes=terms.lifetime_seconds // 60,
            phrase=str(getattr(user, "anti_phishing_phrase", "") or ""),
        ),
        language=language,
        user=user,
        code=row,
        expires_at=row.expires_at,
    )
    return row


def _write(binding: _Binding, code_hash: bytes, terms: CodeTerms, moment: datetime) -> Code:
    """The row of this holder and purpose, written over."""
    expires_at = moment + timedelta(seconds=terms.lifetime_seconds)
    row = _returned(
        "INSERT INTO messaging_code AS held"
        " (holder, purpose, code_hash, attempts_left, generation, sent_at, expires_at, consumed_at)"
        " VALUES (%s, %s, %s, %s, 1, %s, %s, NULL)"
        " ON CONFLICT (holder, purpose) DO UPDATE SET code_hash = EXCLUDED.code_hash,"
        " attempts_left = EXCLUDED.attempts_left, generation = held.generation + 1,"
        " sent_at = EXCLUDED.sent_at, expires_at = EXCLUDED.expires_at, consumed_at = NULL RETURNING id, generation",
        [binding.holder, binding.purpose, code_hash, terms.attempts, moment, expires_at],
    )
    assert row is not None  # an upsert without WHERE always returns its row
    return Code(pk=row[0], purpose=binding.purpose, generation=row[1], sent_at=moment, expires_at=expires_at)


@dataclass(frozen=True, repr=False)
class _Attempt:
    code_id: int
    code_hash: bytes
    generation: int
    attempts_left: int


def _take_attempt(binding: _Binding, moment: datetime) -> _Attempt:
    """Use up one attempt of the live code. Raises WrongCode, CodeExpired, TooManyAttempts.

    The allowance comes first, so that a lock is told also where the code has no attempts left.
    """
    try:
        take(binding.attempts_key, wrong_code_limits(), at=moment)
    except Exhausted as exhausted:
        raise TooManyAttempts(retry_after=exhausted.retry_after) from None
    row = _returned(
        "UPDATE messaging_code SET attempts_left = attempts_left - 1"
        " WHERE holder = %s AND purpose = %s AND attempts_left > 0 AND consumed_at IS NULL AND expires_at > %s"
        " RETURNING id, code_hash, generation, attempts_left",
        [binding.holder, binding.purpose, moment],
    )
    if row is None:
        _refuse_without_attempt(binding, moment)
    return _Attempt(row[0], bytes(row[1]), row[2], row[3])


def _refuse_without_attempt(binding: _Binding, moment: datetime) -> None:
    """Say what the asker may know of a code that takes no attempts: expired, or wrong like all others."""
    row = Code.objects.filter(holder=binding.holder, purpose=binding.purpose).first()
    if row is not None and row.consumed_at is None and row.attempts_left > 0 and row.expires_at <= moment:
        raise CodeExpired(channel=binding.channel)
    raise WrongCode(attempts_left=0, channel=binding.channel)


def _consume(attempt: _Attempt, moment: datetime) -> bool:
    """The one conditional UPDATE by which a right code is spent; false where another was first or a resend voided it."""
    row = _returned(
        "UPDATE messaging_code SET consumed_at = %s"
        " WHERE id = %s AND generation = %s AND consumed_at IS NULL AND expires_at > %s RETURNING id",
        [moment, attempt.code_id, attempt.generation, moment],
    )
    return row is not None


def _returned(statement: str, values: Sequence[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()
