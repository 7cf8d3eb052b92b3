"""Wire fields: how single values are read and written, the same in every dialect."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.kit import money
from config.kit.clock import milliseconds
from config.kit.rendering import ExactNumber


@extend_schema_field({"type": "string", "pattern": r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$", "example": "12.5"})
class AmountField(serializers.Field[Decimal, Any, str, Any]):
    """An amount: text on the wire, Decimal inside. Input may be a JSON number, which is read from its lexeme."""

    default_error_messages = {"invalid": "{reason}"}

    def __init__(self, *, scale: int = money.AMOUNT_PLACES, positive: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale
        self.positive = positive

    def to_internal_value(self, data: Any) -> Decimal:
        """The exact amount; zero and less are refused unless the field says otherwise."""
        try:
            amount = money.parse(data, scale=self.scale)
        except money.AmountInvalid as refusal:
            raise serializers.ValidationError(refusal.detail, code="amount") from None
        if self.positive and amount <= 0:
            raise serializers.ValidationError("An amount above zero is due.", code="amount")
        return amount

    def to_representation(self, value: Decimal) -> str:
        """Plain text."""
        return money.to_text(value)


@extend_schema_field({"type": "number"})
class ExactNumberField(serializers.Field[Decimal, Any, str, Any]):
    """An amount as a JSON number with all its digits, where a document wants one. For answers of ExactJSONRenderer only."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("read_only", True)
        super().__init__(**kwargs)

    def to_representation(self, value: Decimal) -> str:
        """The number."""
        return ExactNumber(Decimal(money.to_text(value)))


@extend_schema_field(OpenApiTypes.DATETIME)
class TimestampField(serializers.Field[datetime, Any, str, Any]):
    """A time, RFC 3339 in UTC with milliseconds. For answers only."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("read_only", True)
        super().__init__(**kwargs)

    def to_representation(self, value: datetime) -> str:
        """`2026-01-31T12:00:00.000Z`."""
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@extend_schema_field(OpenApiTypes.INT64)
class MillisTimestamp(serializers.Field[datetime, Any, int, Any]):
    """A time as whole milliseconds since 1970. For answers only."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("read_only", True)
        super().__init__(**kwargs)

    def to_representation(self, value: datetime) -> int:
        """Milliseconds."""
        return milliseconds(value)


@extend_schema_field({"type": "string", "example": "4203918275640192"})
class PublicId(serializers.Field[int, Any, str, Any]):
    """An id: text on the wire. For answers only; ids that come in stand in the path."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("read_only", True)
        super().__init__(**kwargs)

    def to_representation(self, value: int) -> str:
        """Digits as text."""
        return str(value)


class Text(serializers.CharField):
    """One line of text: no control characters, no invisible formatting, NFC, trimmed. Numbers are not text."""

    def __init__(self, *, multiline: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)
        self.multiline = multiline

    def to_internal_value(self, data: Any) -> str:
        """The text in NFC."""
        if not isinstance(data, str):
            self.fail("invalid")
        text = unicodedata.normalize("NFC", super().to_internal_value(data))
        allowed = "\n\t" if self.multiline else ""
        if any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} and c not in allowed for c in text):
            raise serializers.ValidationError("Control and invisible characters are not allowed.", code="invalid")
        return text


class Secret(serializers.CharField):
    """A password or code as the client sent it: never trimmed, never normalised, never shown again."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 1024)
        kwargs.setdefault("trim_whitespace", False)
        kwargs.setdefault("write_only", True)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The text, unchanged."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class CodeField(Secret):
    """A code of digits. A client that sends a number may have lost leading zeros: pad to its digits."""

    def __init__(self, *, digits: int = 6, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 32)
        super().__init__(**kwargs)
        self.digits = digits

    def to_internal_value(self, data: Any) -> str:
        """The digits without spaces around them."""
        if isinstance(data, int) and not isinstance(data, bool) and 0 <= data < 10**8:
            data = f"{data:0{self.digits}d}"
        code = super().to_internal_value(data).strip()
        if not code and not self.allow_blank:
            self.fail("blank")
        return code


class WholeField(serializers.IntegerField):
    """A whole number, or its digits as text. Digits of other scripts and `1.0` are not: who sends them means something else."""

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if isinstance(data, bool) or not isinstance(data, int | str):
            self.fail("invalid")
        if isinstance(data, str) and not re.fullmatch(r"-?[0-9]+", data, re.ASCII):
            self.fail("invalid")
        return super().to_internal_value(data)


def mask_email(text: str | None) -> str | None:
    """First and last character of the local part: `a***z@example.com`."""
    if not text or "@" not in text:
        return text
    local, _, domain = text.rpartition("@")
    return f"{local[:1]}***{local[-1:] if len(local) > 1 else ''}@{domain}"


def mask_phone(text: str | None) -> str | None:
    """All but the first three and last three characters: `+88***678`."""
    if not text or len(text) < 7:
        return "***" if text else text
    return f"{text[:3]}***{text[-3:]}"


@extend_schema_field(OpenApiTypes.STR)
class MaskedEmail(serializers.Field[str, Any, "str | None", Any]):
    """An e-mail address of which only the owner would know the rest."""

    def to_representation(self, value: str) -> str | None:
        """See mask_email."""
        return mask_email(value)


@extend_schema_field(OpenApiTypes.STR)
class MaskedPhone(serializers.Field[str, Any, "str | None", Any]):
    """A phone number of which only the owner would know the rest."""

    def to_representation(self, value: str) -> str | None:
        """See mask_phone."""
        return mask_phone(value)


class CsvList(serializers.Field[list[str], Any, str, Any]):
    """Several words in one text, parted by commas."""

    def to_internal_value(self, data: Any) -> list[str]:
        """The words, trimmed, empty ones dropped."""
        if not isinstance(data, str):
            raise serializers.ValidationError("Text with commas is due.", code="invalid")
        return [part.strip() for part in data.split(",") if part.strip()]

    def to_representation(self, value: list[str]) -> str:
        """Joined by commas."""
        return ",".join(value)
