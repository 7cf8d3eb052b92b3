"""The refusals of codes and messages."""

from __future__ import annotations

from dataclasses import field as facts

from config.kit.errors import DomainError, Kind, Unavailable


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
    example = {"reason": "it must begin with + and the country's code"}
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
    channel: str = ""
    """By which the code would have gone: email or sms."""


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
    example = {"attempts_left": 2, "channel": "sms"}
    attempts_left: int = 0
    channel: str = ""
    """By which the right one went, where that is known: email or sms."""


class CodeExpired(CodeRefused):
    """The code's time is over."""

    slug = "messaging.code_expired"
    kind = Kind.UNPROCESSABLE
    field = "code"
    message = "The code has expired. Ask for a new one."
    example = {"channel": "sms"}
    channel: str = ""
    """By which it went, where that is known: email or sms."""


class TooManyAttempts(CodeRefused):
    """Too many wrong codes in the last hour or day, over all codes of this customer and channel."""

    slug = "messaging.too_many_attempts"
    kind = Kind.LIMITED
    field = "code"
    message = "Too many wrong codes. Try again in {retry_after} s."
    retry_after: int


class CaptchaRequired(DomainError):
    """A captcha is due and none came, or one of a kind that this door does not take."""

    slug = "messaging.captcha_required"
    kind = Kind.UNPROCESSABLE
    field = "captcha"
    message = "A captcha is due: solve one of the kinds named."
    kinds: list[str] = facts(default_factory=list)


class CaptchaWrong(DomainError):
    """The captcha is wrong, expired, spent or unknown: which of these is not told. It is spent in any case."""

    slug = "messaging.captcha_wrong"
    kind = Kind.UNPROCESSABLE
    field = "captcha"
    message = "The captcha was not solved, is too old or was used already. Draw another one."


class CaptchaKindUnknown(DomainError):
    """No captcha of this kind is drawn here."""

    slug = "messaging.captcha_kind_unknown"
    kind = Kind.INVALID
    field = "kind"
    message = "No captcha of this kind is offered: choose one of the kinds named."
    kinds: list[str] = facts(default_factory=list)


class TooManyCaptchas(DomainError):
    """Too many captchas were drawn, or too many wrong ones were sent for checking, from one address."""

    slug = "messaging.too_many_captchas"
    kind = Kind.LIMITED
    message = "Too many captchas from this address. Try again in {retry_after} s."
    retry_after: int


class CaptchaUnavailable(Unavailable):
    """The outside verifier of this kind does not answer now; `kinds` are those that would still do."""

    slug = "messaging.captcha_unavailable"
    kind = Kind.UNAVAILABLE
    field = "captcha"
    message = "This captcha can't be checked now. Solve one of the kinds named, or try again in {retry_after} s."
    kinds: list[str] = facts(default_factory=list)


class TooManyTests(DomainError):
    """An officer sent too many test messages in the last hour."""

    slug = "messaging.too_many_tests"
    kind = Kind.LIMITED
    message = "Too many test messages. Try again in {retry_after} s."
    retry_after: int


class MessageEnded(DomainError):
    """The message was taken, failed or came too late: its contents are gone, and it is never sent again."""

    slug = "messaging.message_ended"
    kind = Kind.CONFLICT
    message = (
        "The message has ended ({state}) and its contents are gone: a code is asked for anew, a notice stands in the inbox."
    )
    state: str
