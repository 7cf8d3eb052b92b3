"""Refusals of signing up and in."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind
from messaging.errors import CaptchaRequired, CaptchaWrong


class CredentialsChanged(DomainError):
    """The password, a factor or the account's state changed while the sign-in was under way."""

    slug = "accounts.credentials_changed"
    kind = Kind.UNAUTHENTICATED
    message = "The account's password or factors were changed meanwhile. Log in again."


class WaitingSessionInvalid(DomainError):
    """Nothing waits under this token: it was completed, its time is over, or it never was one."""

    slug = "accounts.waiting_session_invalid"
    kind = Kind.UNPROCESSABLE
    message = "Nothing waits for a second step here. Log in again."


class FactorNotServed(DomainError):
    """What is due can't be shown in this dialect: it has no words for passkeys."""

    slug = "accounts.factor_not_served"
    kind = Kind.FORBIDDEN
    message = "This account signs in by a passkey, which is not served here."


class PasswordDue(DomainError):
    """The code was right, but it came by the way that is this account's second factor: the first one is due as well."""

    slug = "accounts.password_due"
    kind = Kind.FORBIDDEN
    message = "This account asks for its password as well. Log in with the password."


class PasswordNotDue(DomainError):
    """This log-in does not wait for a password: it was shown already."""

    slug = "accounts.password_not_due"
    kind = Kind.CONFLICT
    message = "This log-in does not wait for a password."


class EmailTaken(DomainError):
    """There is an account with this email. Told only where STRICT_CODES is on."""

    slug = "accounts.email_taken"
    kind = Kind.CONFLICT
    field = "email"
    message = "There is an account with this email already."


class PhoneTaken(DomainError):
    """There is an account with this phone. Told only where STRICT_CODES is on."""

    slug = "accounts.phone_taken"
    kind = Kind.CONFLICT
    field = "phone"
    message = "There is an account with this phone already."


class AccountUnknown(DomainError):
    """Nobody has an account with this email or phone. Told only where STRICT_CODES is on."""

    slug = "accounts.account_unknown"
    kind = Kind.UNPROCESSABLE
    message = "There is no account with this address."


class AlreadyActivated(DomainError):
    """The account needs no activation, perhaps because a request at the same time was first."""

    slug = "accounts.already_activated"
    kind = Kind.CONFLICT
    message = "This account is active already."


class ReferralUnknown(DomainError):
    """Nobody has this referral code."""

    slug = "accounts.referral_unknown"
    kind = Kind.UNPROCESSABLE
    field = "referral_code"
    message = "This referral code is not known."


class ReferralLocked(DomainError):
    """Too many unknown referral codes from this network address."""

    slug = "accounts.referral_locked"
    kind = Kind.LIMITED
    field = "referral_code"
    message = "Too many unknown referral codes from this network. Try again in {retry_after} s."
    retry_after: int


class SignInCaptchaRequired(CaptchaRequired):
    """A captcha is due at a log-in, perhaps because of so many failures of the name."""

    failures: int


class SignInCaptchaWrong(CaptchaWrong):
    """The captcha of a log-in is wrong; so many failures of the name came before."""

    failures: int


class NameMissing(DomainError):
    """A log-in names nobody."""

    slug = "accounts.name_missing"
    kind = Kind.INVALID
    message = "Say who signs in."
    failures: int = 1
    """This try itself: nothing is counted for nobody."""
