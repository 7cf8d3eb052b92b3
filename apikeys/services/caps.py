"""Daily caps of keys: set when the key is made, asked for by whatever lets money out."""

from __future__ import annotations

from decimal import Decimal

from apikeys.models import DailyCap
from config.kit.ids import read_public_id


def of(*, api_key_id: str, coin: str) -> Decimal | None:
    """The most that the key (by its public id) may withdraw of the coin in 24 hours; None where it has no cap in it."""
    number = read_public_id(api_key_id)
    if number is None:
        return None
    return DailyCap.objects.filter(api_key__public_id=number, coin=coin).values_list("amount", flat=True).first()
