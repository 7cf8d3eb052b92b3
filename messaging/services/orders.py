"""The number of one sending of a code, by which dialects whose clients repeat it know the code."""

from __future__ import annotations

from typing import Any

from config.kit.crypto import equal, keyed_hash
from messaging.models import Channel, Code, Purpose

ORDER_MIN, ORDERS = 10**15, 8 * 10**15
"""Orders have sixteen digits and stay below 2^53: clients read them as numbers."""


def holder(*parts: str) -> bytes:
    """By what a code's row is found: the kind of its holder, and who that is."""
    return keyed_hash("messaging.holder", *parts)


def number(code_id: int, generation: int, channel: str) -> str:
    """The number of one sending, which says nothing to who doesn't have our key."""
    drawn = int.from_bytes(keyed_hash("messaging.order", str(code_id), str(generation), channel)[:16], "big")
    return str(ORDER_MIN + drawn % ORDERS)


def channel_of(order: str, *, purpose: str, user: Any) -> Channel | None:
    """By which channel the latest code of this user and purpose went, told by who knows its order; None for any other text."""
    row = Code.objects.filter(holder=holder("user", str(user.pk)), purpose=Purpose(purpose).value).first()
    if row is None:
        return None
    return next((way for way in Channel if equal(order, number(row.pk, row.generation, way.value))), None)
