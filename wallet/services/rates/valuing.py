"""What a customer's balances are worth in one coin, for reading: nothing is exchanged at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from django.conf import settings

from accounts.models import User
from wallet.models.coins import Coin
from wallet.services import balances, coins
from wallet.services.balances import Balance
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
    return _worth(((row.coin, row.total) for row in balances.of_customer(customer)), target)


class Wallet(StrEnum):
    """Where a balance lies."""

    SPOT = "spot"
    FUTURES = "futures"


@dataclass(frozen=True, slots=True)
class Part:
    """An amount of a coin; without an amount all of it in the customer's wallet, without a coin the whole wallet."""

    wallet: Wallet = Wallet.SPOT
    coin: str | None = None
    amount: Decimal | None = None


def value_of_parts(customer: User, parts: Sequence[Part], *, coin: str) -> Value:
    """Like `value_of`, of these parts. A coin that is named must have a price. Raises UnknownCoin, RateUnknown."""
    target = coins.get(coin)
    named = [coins.get(part.coin).code for part in parts if part.coin is not None]
    owned = balances.of_customer(customer) if any(part.amount is None for part in parts) else ()
    found = _worth((pair for part in parts for pair in _amounts(part, owned)), target)
    for code in found.without_rate:
        if code in named:
            raise RateUnknown(source=code, target=target.code)
    return found


def _amounts(part: Part, owned: Sequence[Balance]) -> Iterator[tuple[str, Decimal]]:
    if part.amount is not None and part.coin is not None:
        yield part.coin, part.amount
        return
    for row in owned:
        if part.coin in {None, row.coin}:
            yield row.coin, row.spot if part.wallet == Wallet.SPOT else row.total - row.spot


def _worth(amounts: Iterable[tuple[str, Decimal]], target: Coin) -> Value:
    summed: dict[str, Decimal] = {}
    for code, amount in amounts:
        summed[code] = summed.get(code, Decimal(0)) + amount
    owned = {code: amount for code, amount in summed.items() if amount}
    table = reads.table_of(reads.known())
    exact, moments, without = Fraction(0), [], []
    for source in Coin.objects.filter(code__in=owned).order_by("position", "code"):
        if source.pk == target.pk:
            exact += Fraction(owned[source.code])
            continue
        try:
            price = reads.over(table, source, target)
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
