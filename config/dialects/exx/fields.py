"""How exx's clients write single values: RSA texts in base64, numbers as text or the reverse."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from rest_framework import serializers

from config.kit.fields import Secret, Text

CIPHER_BYTES = frozenset({128, 256, 384, 512})
"""Of keys that the setting can ask for, and of 1024 bits, which clients may still keep from elsewhere."""
CODE_DIGITS_MAX = 10
OPTIONAL: dict[str, Any] = {"required": False, "allow_blank": True, "allow_null": True, "default": ""}
"""Of a parameter that may be left out: clients send it empty or null, too."""


class Encrypted(Secret):
    """A text that the client encrypted: base64, in which a `+` may have become a space. Plain text is refused.

    Whether it can be decrypted is not looked at here: that must not be told.
    """

    def to_internal_value(self, data: Any) -> Any:
        """The bytes."""
        text = super().to_internal_value(data)
        cipher = cipher_of(text)
        if cipher is None:
            self.fail("invalid")
        return cipher


class CodeOrEncrypted(Encrypted):
    """A code of Google Authenticator, which clients send encrypted or not."""

    def to_internal_value(self, data: Any) -> Any:
        """The bytes, or the digits."""
        text = f"{data:06d}" if isinstance(data, int) and not isinstance(data, bool) and 0 <= data < 10**6 else data
        if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= CODE_DIGITS_MAX:
            return text
        return super().to_internal_value(text)


def cipher_of(text: str) -> bytes | None:
    """The bytes of an RSA text; None where it is none."""
    written = text.strip(" \r\n").replace("\r", "").replace("\n", "").replace(" ", "+")
    try:
        cipher = base64.b64decode(written, validate=True)
    except (ValueError, binascii.Error):
        return None
    return cipher if len(cipher) in CIPHER_BYTES else None


class Loose(Text):
    """A line of text; a number stands for its digits."""

    def to_internal_value(self, data: Any) -> str:
        """The text."""
        return super().to_internal_value(str(data) if isinstance(data, int) and not isinstance(data, bool) else data)


class CountryCode(Loose):
    """A country calling code: `86`, `+86`, `0086`, and ` 86` where the `+` was not escaped."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 8, **OPTIONAL, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        """With its `+`; "" for none."""
        text = super().to_internal_value(data)
        digits = text.removeprefix("+").removeprefix("00")
        if text and not (digits.isascii() and digits.isdigit() and len(digits) <= 4):
            self.fail("invalid")
        return f"+{digits}" if digits else ""


class Picture(Loose):
    """The characters of the picture. The document calls it a boolean in one place: such a one says nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 16, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        """The characters."""
        return "" if isinstance(data, bool) else super().to_internal_value(data)


class Kind(serializers.ChoiceField):
    """One of a few numbers, as number or text."""

    def to_internal_value(self, data: Any) -> Any:
        """The number."""
        if isinstance(data, bool) or not isinstance(data, int | str):
            self.fail("invalid_choice", input="")
        return int(super().to_internal_value(data))


def joined(country: str, number: str) -> str | None:
    """Phone in E.164 of `+86` and a number; None where the number is none."""
    digits = number.replace(" ", "").replace("-", "")
    return f"{country}{digits}" if digits.isascii() and digits.isdigit() else None
