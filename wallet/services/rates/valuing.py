"""What a customer's balances are worth in one coin, for reading: nothing is exchanged at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.conf import settings

from accounts.models import User
from wallet.models.coins import Coin
from wallet.services import balances, coins
from wallet.services.rates import reads
from wallet.services.rates.errors import RateUnknown
from wallet.services.rates.reads import floor_to


@dataclass(frozen=True, slots=True)
class Value:
    """The worth of everything in `coin`, rounded down to its smallest unit."""

    coin: str
    total: Decimal
    taken_at: datetime | None
    """When the oldest price was taken; null where none was needed."""
    is_stale: bool
    without_rate: Sequence[str]
    """Coins that the customer has and that no price leads from: they are not in the total."""


def value_of(customer: User, *, coin: str | None = None) -> Value:
    """All of the customer's balances (available, held, futures) at the newest prices, however old.

    Without a coin, in the first of RATES_PIVOTS. Raises UnknownCoin.
    """
    target = coins.get(settings.RATES_PIVOTS[0] if coin is None else coin)
    owned = {row.coin: row.total for row in balances.of_customer(customer) if row.total}
    exact, moments, without = Fraction(0), [], []
    for source in Coin.objects.filter(code__in=owned).order_by("position", "code"):
        if source.pk == target.pk:
            exact += Fraction(owned[source.code])
            continue
        try:
            price = reads.between(source, target)
        except RateUnknown:
            without.append(source.code)
        else:
            exact += Fraction(owned[source.code]) * Fraction(price.price)
            moments.append(price.taken_at)
    oldest = min(moments, default=None)
    return Value(
        coin=target.code,
        total=floor_to(exact, target.scale),
        taken_at=oldest,
        is_stale=oldest is not None and reads.is_stale(oldest),
        without_rate=without,
    )
