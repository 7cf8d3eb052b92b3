"""What every crypto coin is worth in one currency, and how that moved: a list to look at, nothing is exchanged at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from wallet.models.coins import Coin, CoinKind
from wallet.services.rates import reads
from wallet.services.rates.errors import RateUnknown


@dataclass(frozen=True, slots=True)
class Ticker:
    """The newest price of one unit of `base` in `quote`, and its change against 24 hours ago; null where unknown."""

    base: str
    quote: str
    price: Decimal | None
    change_percent: Decimal | None


def against(quote: str) -> Sequence[Ticker]:
    """Every enabled crypto coin, in the order of lists; none at all where `quote` is not carried. Three queries at most."""
    target = Coin.objects.filter(code=quote, is_enabled=True).first()
    if target is None:
        return []
    table = reads.table_of(reads.known())
    coins = Coin.objects.filter(kind=CoinKind.CRYPTO, is_enabled=True).exclude(pk=target.pk).order_by("position", "code")
    return [_ticker(table, coin, target) for coin in coins]


def _ticker(table: reads.Table, coin: Coin, target: Coin) -> Ticker:
    try:
        price = reads.over(table, coin, target)
    except RateUnknown:
        return Ticker(coin.code, target.code, None, None)
    return Ticker(coin.code, target.code, price.price, price.change_percent)
