"""Amounts in the smallest unit of a chain and back, exactly."""

from __future__ import annotations

from decimal import Decimal

from config.kit.money import CONTEXT
from wallet.chains.errors import AmountNotPayable
from wallet.chains.gateway import Asset

PLACES_MAX = 36
"""An amount written with more decimals than this is not even looked at."""


def to_units(amount: Decimal, *, asset: Asset, network: str) -> int:
    """The amount in the smallest unit on the chain. Raises AmountNotPayable."""
    if not amount.is_finite() or amount <= 0 or -int(amount.as_tuple().exponent) > PLACES_MAX:
        raise AmountNotPayable(network=network, scale=asset.scale)
    units = amount.scaleb(asset.scale, CONTEXT)
    if units != units.to_integral_value():
        raise AmountNotPayable(network=network, scale=asset.scale)
    return int(units)


def from_units(units: int, *, scale: int) -> Decimal:
    """Smallest units as an amount of the coin, exactly."""
    sign, digits, _ = Decimal(units).as_tuple()
    return Decimal((sign, digits, -scale))
