"""Spot's wire fields: what its clients send, empty texts and null standing for what was left out."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.kit.clock import from_milliseconds
from config.kit.fields import AmountField, Text

AMOUNT_PLACES_READ = 38
"""Decimal places that are read, so that too many of them have a number of their own: the coin decides how many it takes."""
MILLISECONDS_MAX = 253_402_300_799_999
"""The end of the year 9999."""
ID_CHARACTERS_MAX = 32


def amount() -> AmountField:
    """An amount above zero: a JSON number or text, never in exponent form."""
    return AmountField(scale=AMOUNT_PLACES_READ)


class MaybeText(Text):
    """A text that may be left out; then, and for null, it is empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_blank": True, "allow_null": True, "default": "", **kwargs})

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """Null is empty."""
        return (True, "") if data is None else super().validate_empty_values(data)


class IdText(MaybeText):
    """An id: text, or the number that `deposit/page` answers."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": ID_CHARACTERS_MAX, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        """Its digits."""
        if isinstance(data, int) and not isinstance(data, bool) and 0 <= data < 10**ID_CHARACTERS_MAX:
            data = str(data)
        return super().to_internal_value(data)


class MaybeChoice(serializers.ChoiceField):
    """One of some words, or none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_blank": True, "allow_null": True, "default": "", **kwargs})

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """Null is empty."""
        return (True, "") if data is None else super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> Any:
        """The word; only a text is one."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=type(data).__name__)
        return super().to_internal_value(data)


@extend_schema_field({"type": ["integer", "string", "null"], "format": "int64", "example": 10})
class MaybeWhole(serializers.Field[Any, Any, Any, Any]):
    """A whole number or its digits as text, from `least` to `most`; None where it is left out."""

    default_error_messages = {"invalid": "A whole number from {least} to {most} is due."}

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, "default": None, **kwargs})
        self.least, self.most = least, most

    def to_internal_value(self, data: Any) -> Any:
        """The number."""
        if data == "":
            return None
        if isinstance(data, str) and data.isascii() and data.isdigit() and len(data) <= 20:
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int) or not self.least <= data <= self.most:
            self.fail("invalid", least=self.least, most=self.most)
        return int(data)

    def to_representation(self, value: int) -> int:
        """Itself."""
        return value


@extend_schema_field({"type": ["integer", "string", "null"], "format": "int64", "example": 1597026383085})
class MaybeMoment(MaybeWhole):
    """A time as milliseconds since 1970; None where it is left out. `after` moves it on, to the end of its millisecond."""

    def __init__(self, *, after: int = 0, **kwargs: Any) -> None:
        super().__init__(least=0, most=MILLISECONDS_MAX - 1, **kwargs)
        self.after = after

    def to_internal_value(self, data: Any) -> datetime | None:
        """The time."""
        found = super().to_internal_value(data)
        return None if found is None else from_milliseconds(found + self.after)


def padded(value: Decimal, places: int) -> str:
    """Plain text with at least so many decimals, and as many more as the amount has: nothing is rounded."""
    digits = value.normalize()
    own = max(0, -int(digits.as_tuple().exponent))
    return f"{value:.{max(own, places)}f}"
