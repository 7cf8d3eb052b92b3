"""The refusals of changing, recovering and trade passwords."""

from __future__ import annotations

import dataclasses

from config.kit.errors import DomainError, Kind
from messaging.errors import CodeRefused


class OldPasswordWrong(DomainError):
    """The present password, asked for before it is replaced, is wrong."""

    slug = "accounts.old_password_wrong"
    kind = Kind.UNPROCESSABLE
    field = "old_password"
    message = "The present password is wrong."
    failures: int
    """Failed attempts of this account's sessions in the last 24 hours."""


class PasswordUnchanged(DomainError):
    """The new password is the present one."""

    slug = "accounts.password_unchanged"
    kind = Kind.INVALID
    field = "password"
    message = "The new password is the present one."


class PasswordAlreadySet(DomainError):
    """The account has a password: it can be changed, not set."""

    slug = "accounts.password_already_set"
    kind = Kind.CONFLICT
    message = "The account has a password already. Change it with the present one."


class PasswordMissing(DomainError):
    """The account has no password yet: it was opened with a code."""

    slug = "accounts.password_missing"
    kind = Kind.CONFLICT
    message = "The account has no password yet. Set one first."


class PasswordsDiffer(DomainError):
    """A password that is asked for twice was written in two ways."""

    slug = "accounts.passwords_differ"
    kind = Kind.INVALID
    field = "password"
    message = "The two passwords differ."


class PasswordsEqual(DomainError):
    """Log-in password and trade password must differ: who sees one must not have both."""

    slug = "accounts.passwords_equal"
    kind = Kind.INVALID
    field = "password"
    message = "The log-in password and the trade password must differ."


class TradePasswordRefused(DomainError):
    """The new trade password breaks the rules named by `reasons`: too_short, too_long, malformed, too_simple."""

    slug = "accounts.trade_password_refused"
    kind = Kind.INVALID
    field = "trade_password"
    message = "The trade password is not good enough: {reasons}."
    reasons: list[str] = dataclasses.field(default_factory=list)


class TradePasswordMissing(DomainError):
    """The act asks for the trade password, and none is set."""

    slug = "accounts.trade_password_missing"
    kind = Kind.CONFLICT
    message = "Set a trade password first."


class TradePasswordAlreadySet(DomainError):
    """There is a trade password: it can be changed or reset, not set."""

    slug = "accounts.trade_password_already_set"
    kind = Kind.CONFLICT
    message = "A trade password is set already."


class TradePasswordWrong(DomainError):
    """The trade password is wrong."""

    slug = "accounts.trade_password_wrong"
    kind = Kind.UNPROCESSABLE
    field = "trade_password"
    message = "The trade password is wrong."
    failures: int
    """Failed attempts of this account in the last 24 hours."""


class TradePasswordLocked(DomainError):
    """Too many wrong trade passwords; the right one doesn't help until the lock ends."""

    slug = "accounts.trade_password_locked"
    kind = Kind.LIMITED
    field = "trade_password"
    message = "Too many wrong trade passwords. Try again in {retry_after} s."
    failures: int
    retry_after: int


class RecoveryInvalid(DomainError):
    """There is no such recovery, it is over, or it is not at this step: which of these is not told."""

    slug = "accounts.recovery_invalid"
    kind = Kind.CONFLICT
    message = "This recovery is not at this step, or no longer. Begin again."


class RecoveryCodeWrong(CodeRefused):
    """The first code of a recovery is wrong. A name that nobody has gets this answer whatever the code is."""

    slug = "accounts.recovery_code_wrong"
    kind = Kind.UNPROCESSABLE
    field = "code"
    message = "The code is wrong. Attempts left: {attempts_left}."
    failures: int
    """Failed attempts on this name in the last 24 hours."""
    attempts_left: int


class RecoveryProofWrong(CodeRefused):
    """The identity that was told is not the one of the account, or, where a dialect counts them, a second code is wrong."""

    slug = "accounts.recovery_proof_wrong"
    kind = Kind.UNPROCESSABLE
    field = "id_number"
    message = "That is not the number of the identity document that was verified."
    failures: int


class RecoverySecondDue(DomainError):
    """One of these methods is due beside the code, in the same request; the code is spent."""

    slug = "accounts.recovery_second_due"
    kind = Kind.UNPROCESSABLE
    message = "This account asks for one more proof: {methods}. Ask for a new code and show both."
    methods: list[str] = dataclasses.field(default_factory=list)


class RecoveryOrderDue(DomainError):
    """The second proof of a recovery is a code that was sent, and it came without the order of its sending."""

    slug = "accounts.recovery_order_due"
    kind = Kind.INVALID
    field = "order"
    message = "Show the code that was sent to the {channel}, and its order."
    channel: str


class RecoveryLocked(DomainError):
    """Too many failures at the recovery of this name, existing or not."""

    slug = "accounts.recovery_locked"
    kind = Kind.LIMITED
    message = "Too many failed attempts. Try again in {retry_after} s."
    failures: int
    retry_after: int
