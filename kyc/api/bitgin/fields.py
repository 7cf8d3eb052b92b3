"""How bitgin's clients write and read single values of the identity checks."""

from __future__ import annotations

import re
from typing import Any

from config.kit.fields import Text

LOCAL = re.compile(r"0[0-9]{9}", re.ASCII)
TAIWAN = "+886"
PHONE_LENGTH_MAX = 24


class MobilePhone(Text):
    """A phone with its country, or as it is dialled in Taiwan: `0912345678`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": PHONE_LENGTH_MAX, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        """With its country."""
        text = super().to_internal_value(data).replace(" ", "").replace("-", "")
        return f"{TAIWAN}{text[1:]}" if LOCAL.fullmatch(text) else text


def mask_phone(phone: str | None) -> str:
    """`0912***678`; of other countries `+861***678`. Source: bitgin: Get KYC Verify Status, the sample."""
    if not phone:
        return ""
    written = f"0{phone.removeprefix(TAIWAN)}" if phone.startswith(TAIWAN) else phone
    return f"{written[:4]}***{written[-3:]}"
