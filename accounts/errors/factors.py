"""The refusals of second factors. Each says which methods would do and whether a fresh sign-in is due."""

from __future__ import annotations

import dataclasses
from typing import Any

from config.kit.errors import DomainError, Kind
from messaging.errors import CodeExpired, TooManyAttempts, WrongCode


class SecondFactorRequired(DomainError):
    """The act needs a second factor; `methods` says which would do, strongest first.

    Where a passkey would do, `passkey_options` is its challenge for this very act: what `navigator.credentials.get`
    takes as `publicKey`.
    """

    slug = "accounts.second_factor_required"
    kind = Kind.FORBIDDEN
    field = "code"
    message = "This needs a second factor."
    example = {"methods": ["passkey", "totp"], "fresh_sign_in": False}
    methods: list[str] = dataclasses.field(default_factory=list)
    fresh_sign_in: bool = False
    passkey_options: dict[str, Any] = dataclasses.field(default_factory=dict)


class SecondFactorWrong(WrongCode):
    """What was shown is wrong, spent, weaker than what is due, or was made for something else: not told which."""

    methods: list[str] = dataclasses.field(default_factory=list)
    fresh_sign_in: bool = False


class SecondFactorExpired(CodeExpired):
    """The time of the code that was shown is over."""

    methods: list[str] = dataclasses.field(default_factory=list)
    fresh_sign_in: bool = False


class SecondFactorLocked(TooManyAttempts):
    """Too many wrong ones: for a while none is looked at, whichever the method."""

    methods: list[str] = dataclasses.field(default_factory=list)
    fresh_sign_in: bool = False


class SecondFactorNotDue(DomainError):
    """The session was completed already, perhaps by a request at the same time."""

    slug = "accounts.second_factor_not_due"
    kind = Kind.CONFLICT
    message = "This session is complete already."


class TotpAlreadyBound(DomainError):
    """An authenticator is bound; change or remove it."""

    slug = "accounts.totp_already_bound"
    kind = Kind.CONFLICT
    message = "An authenticator is bound already."


class TotpNotBegun(DomainError):
    """This session began no binding in the last minutes, or another seed was shown since."""

    slug = "accounts.totp_not_begun"
    kind = Kind.CONFLICT
    message = "Begin the binding of an authenticator first."


class TotpNotBound(DomainError):
    """There is no authenticator to change or remove."""

    slug = "accounts.totp_not_bound"
    kind = Kind.CONFLICT
    message = "No authenticator is bound."


class PasskeyRefused(DomainError):
    """The passkey's answer does not fit: its challenge, origin, signature, count or owner. Not told which."""

    slug = "accounts.passkey_refused"
    kind = Kind.UNPROCESSABLE
    field = "passkey"
    message = "This passkey was not accepted. Ask for a new challenge."


class PasskeyTaken(DomainError):
    """This credential is registered already, with this account or another."""

    slug = "accounts.passkey_taken"
    kind = Kind.CONFLICT
    field = "passkey"
    message = "This passkey is registered already."


class TooManyPasskeys(DomainError):
    """The account has as many passkeys as it may have."""

    slug = "accounts.too_many_passkeys"
    kind = Kind.CONFLICT
    message = "An account has {passkeys_max} passkeys at most. Remove one first."
    passkeys_max: int
