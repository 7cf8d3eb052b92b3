"""How an amount is exchanged: exact fractions, each rounding named and in the house's favour, and nothing lost.

`source × price` is the whole. The customer gets the whole less the spread, rounded down to the target's smallest unit;
the house earns the spread, rounded down; the whole units that both roundings left are dust; what is left of the whole below
the smallest unit is the remainder, which no book can hold and the house's position keeps. The four make the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from wallet.models.conversions import REMAINDER_PLACES
from wallet.services.rates.reads import floor_to


@dataclass(frozen=True, slots=True)
class Split:
    """The parts of an exchange; `source` in the source's unit, all others in the target's."""

    source: Decimal
    target: Decimal
    fee: Decimal
    dust: Decimal
    remainder: Decimal

    @property
    def gross(self) -> Decimal:
        """What the house's account gives: all of it in whole units."""
        return self.target + self.fee + self.dust


def split(source: Decimal, *, price: Decimal, spread_percent: Decimal, scale: int) -> Split:
    """Exchange `source` for a coin of `scale` decimal places at `price`, less the spread."""
    whole = Fraction(source) * Fraction(price)
    spread = whole * Fraction(spread_percent) / 100
    gross, target, fee = floor_to(whole, scale), floor_to(whole - spread, scale), floor_to(spread, scale)
    return Split(
        source=source,
        target=target,
        fee=fee,
        dust=gross - target - fee,
        remainder=floor_to(whole - Fraction(gross), REMAINDER_PLACES),
    )


def source_for(target: Decimal, *, price: Decimal, spread_percent: Decimal, scale: int) -> Decimal:
    """The least amount of a coin of `scale` decimal places that buys `target` at least."""
    exact = Fraction(target) / (Fraction(price) * (1 - Fraction(spread_percent) / 100))
    return -floor_to(-exact, scale)
