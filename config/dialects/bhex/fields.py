"""How bhex's clients write single values: numbers as text or the reverse, `+` as a space, `true` as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.kit.fields import CodeField, Secret, Text

DIGITS_MAX = 20
MILLISECONDS_MAX = 253_402_300_799_999
"""The end of the year 9999."""


def as_text(said: Any) -> Any:
    """A whole number as text, because clients of JSON write ids, phones and area codes so; all else as it came."""
    return str(said) if isinstance(said, int) and not isinstance(said, bool) and said >= 0 else said


class NumberText(Text):
    """An id: digits, as text or as a number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": DIGITS_MAX, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        """The digits."""
        text = super().to_internal_value(as_text(data))
        if not (text.isascii() and text.isdigit()):
            self.fail("invalid")
        return text


class Order(NumberText):
    """The `order_id` with which a code was sent."""


class OptionalOrder(NumberText):
    """The same where a second factor may need none, which is said by "0", by nothing, or not at all."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_blank": True, "default": "", **kwargs})

    def to_internal_value(self, data: Any) -> str:
        """The digits; "" for none."""
        if data in ("", "0", 0):
            return ""
        return super().to_internal_value(data)


class OptionalChoice(serializers.ChoiceField):
    """One of a few numbers; the default where nothing, or an empty text, is sent."""

    def __init__(self, *, choices: Sequence[int], default: int) -> None:
        super().__init__(choices=choices, default=default)

    def to_internal_value(self, data: Any) -> Any:
        """The number."""
        return self.default if data == "" else super().to_internal_value(data)


class OptionalMoment(NumberText):
    """A time in milliseconds since 1970; "0", nothing, or none at all mean no time."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_blank": True, "default": "", **kwargs})

    def to_internal_value(self, data: Any) -> str:
        """The digits; "" for none."""
        if data in ("", "0", 0):
            return ""
        text = super().to_internal_value(data)
        if len(text) > DIGITS_MAX or int(text) > MILLISECONDS_MAX:
            self.fail("invalid")
        return text


def moment_of(text: str) -> datetime | None:
    """The time in UTC that an OptionalMoment says."""
    return datetime.fromtimestamp(int(text) / 1000, tz=UTC) if text else None


class Email(Text):
    """An email address, in which an unescaped `+` arrived as a space."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 254, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        """The address."""
        return super().to_internal_value(data).replace(" ", "+")


class LoginEmail(Email):
    """An email address with which somebody logs in: a text without `@` is none, whatever else it may name."""

    def to_internal_value(self, data: Any) -> str:
        """The address, which need not be a good one: a wrong one is counted like one that nobody has."""
        text = super().to_internal_value(data)
        if "@" not in text:
            self.fail("invalid")
        return text


class ContactName(Text):
    """A phone or an email address, in which an unescaped `+` arrived as a space."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 254, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        """The text; a space in a phone only parts its digits."""
        text = super().to_internal_value(as_text(data))
        return text.replace(" ", "+") if "@" in text else text


class NationalCode(Text):
    """A country calling code: `86`, `+86`, and ` 86` where the `+` was not escaped."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 8, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        """The digits alone."""
        text = super().to_internal_value(as_text(data))
        digits = text.removeprefix("+").removeprefix("00")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 4):
            self.fail("invalid")
        return digits


class Mobile(Text):
    """A phone number without its country."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 24, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        """The digits."""
        text = super().to_internal_value(as_text(data))
        digits = text.replace(" ", "").replace("-", "")
        if not (digits.isascii() and digits.isdigit()):
            self.fail("invalid")
        return digits


class Digest(Secret):
    """A password as the client sends it: MD5 of the text, hex."""


@extend_schema_field({"type": ["boolean", "string"], "example": False})
class Flag(serializers.Field[bool, Any, bool, Any]):
    """`true` or `false`, as text or not; nothing means false."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "default": False, **kwargs})

    def to_internal_value(self, data: Any) -> bool:
        """Whether it says true."""
        said = str(data).strip().lower()
        if said not in {"true", "false", "1", "0", ""}:
            raise serializers.ValidationError("true or false is due.", code="invalid")
        return said in {"true", "1"}


class VerifyCode(CodeField):
    """A code of digits; a number may have lost leading zeros."""


def phone_of(said: dict[str, Any]) -> str | None:
    """The phone in E.164, of `national_code` and `mobile`; None where there is none."""
    return f"+{said['national_code']}{said['mobile']}" if said.get("mobile") else None
