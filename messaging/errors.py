"""The refusals of codes and messages."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class InvalidEmail(DomainError):
    """The text is not an email address that we can send to."""

    slug = "messaging.invalid_email"
    kind = Kind.INVALID
    message = "The email address is not valid: {reason}."
    field = "email"
    reason: str


class InvalidPhone(DomainError):
    """The text is not an international phone number that takes messages."""

    slug = "messaging.invalid_phone"
    kind = Kind.INVALID
    message = "The phone number is not valid: {reason}."
    field = "phone"
    reason: str


class ChannelInvalid(DomainError):
    """A code for this purpose does not travel by this channel."""

    slug = "messaging.channel_invalid"
    kind = Kind.INVALID
    message = "A code for {purpose} can't be sent by {channel}."
    field = "channel"
    channel: str
    purpose: str


class TooManyCodes(DomainError):
    """Too many codes were asked for; the same for known and unknown destinations."""

    slug = "messaging.too_many_codes"
    kind = Kind.LIMITED
    message = "Too many codes were asked for. Try again in {retry_after} s."
    retry_after: int


class CodeRefused(DomainError):
    """The family of all answers to a code that is not taken."""

    kind = Kind.UNPROCESSABLE
    field = "code"


class WrongCode(CodeRefused):
    """The code is wrong, spent, void, or was made for something else: which of these is not told."""

    slug = "messaging.wrong_code"
    kind = Kind.UNPROCESSABLE
    field = "code"
    message = "The code is wrong. Attempts left: {attempts_left}."
    attempts_left: int = 0


class CodeExpired(CodeRefused):
    """The code's time is over."""

    slug = "messaging.code_expired"
    kind = Kind.UNPROCESSABLE
    field = "code"
    message = "The code has expired. Ask for a new one."


class TooManyAttempts(CodeRefused):
    """Too many wrong codes in the last hour or day, over all codes of this customer and channel."""

    slug = "messaging.too_many_attempts"
    kind = Kind.LIMITED
    field = "code"
    message = "Too many wrong codes. Try again in {retry_after} s."
    retry_after: int
