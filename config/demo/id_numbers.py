"""Numbers of identity cards for people who do not exist."""

from __future__ import annotations

import secrets


def taiwanese_number() -> str:
    """A national ID number of Taipei with its right check digit."""
    digits = [1, 0, 2, *(secrets.randbelow(10) for _ in range(7))]
    total = sum(digit * weight for digit, weight in zip(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return f"A{''.join(map(str, digits[2:]))}{-total % 10}"
