"""What one coin is worth in another now: by a price of the pair, or over one coin between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from django.conf import settings
from django.db.models import Q, QuerySet

from config.kit.clock import now
from wallet.models.coins import Coin
from wallet.models.conversions import PRICE_PLACES
from wallet.models.rates import Rate
from wallet.services import coins
from wallet.services.rates.errors import RateStale, RateUnknown


@dataclass(frozen=True, slots=True)
class RateView:
    """A price as everybody sees it."""

    base: str
    quote: str
    price: Decimal
    change_percent: Decimal | None
    source: str
    taken_at: datetime
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Price:
    """Units of `target` for one unit of `source`, rounded down to PRICE_PLACES; `taken_at` is that of its oldest part."""

    source: str
    target: str
    price: Decimal
    taken_at: datetime
    origin: str
    """Which prices it was made of, and who told them."""

    @property
    def is_stale(self) -> bool:
        """Whether it is too old to exchange money at it."""
        return is_stale(self.taken_at)


def is_stale(taken_at: datetime) -> bool:
    """Whether a price of that moment is too old to exchange money at it."""
    return now() - taken_at > timedelta(seconds=settings.RATES_AGE_SECONDS_MAX)


def listed(*, base: str | None = None, quote: str | None = None) -> Sequence[RateView]:
    """Every price between enabled coins, narrowed to a base or quote; the order of lists. One query. Raises UnknownCoin."""
    found = _known()
    for name, code in (("base", base), ("quote", quote)):
        if code is not None:
            found = found.filter(**{name: coins.get(code)})
    rows = found.order_by("base__position", "base__code", "quote__position", "quote__code")
    return [
        RateView(
            base=row.base.code,
            quote=row.quote.code,
            price=row.price,
            change_percent=row.change_percent,
            source=row.source,
            taken_at=row.taken_at,
            is_stale=is_stale(row.taken_at),
        )
        for row in rows
    ]


def fresh(source: Coin, target: Coin) -> Price:
    """The price at which money may be exchanged now. Raises RateUnknown, RateStale."""
    found = between(source, target)
    if found.is_stale:
        told = found.taken_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        raise RateStale(source=source.code, target=target.code, taken_at=told)
    return found


def between(source: Coin, target: Coin) -> Price:
    """The newest price, however old: the pair's own, else over the first of RATES_PIVOTS that has both. Raises RateUnknown."""
    pivots = list(settings.RATES_PIVOTS)
    codes = {source.code, target.code, *pivots}
    rows = _known().filter(base__code__in=codes, quote__code__in=codes)
    table = {(row.base.code, row.quote.code): row for row in rows}
    for way in ([source.code, target.code], *([source.code, pivot, target.code] for pivot in pivots)):
        steps = [_step(table, one, other) for one, other in pairwise(way)]
        found = [step for step in steps if step is not None]
        if len(found) == len(steps):
            return _made(source, target, found)
    raise RateUnknown(source=source.code, target=target.code)


def _known() -> QuerySet[Rate]:
    return Rate.objects.select_related("base", "quote").filter(Q(base__is_enabled=True, quote__is_enabled=True))


def _step(table: dict[tuple[str, str], Rate], one: str, other: str) -> tuple[Fraction, Rate] | None:
    if (row := table.get((one, other))) is not None:
        return Fraction(row.price), row
    if (row := table.get((other, one))) is not None:
        return 1 / Fraction(row.price), row
    return None


def _made(source: Coin, target: Coin, steps: list[tuple[Fraction, Rate]]) -> Price:
    exact = Fraction(1)
    for factor, _ in steps:
        exact *= factor
    return Price(
        source=source.code,
        target=target.code,
        price=floor_to(exact, PRICE_PLACES),
        taken_at=min(row.taken_at for _, row in steps),
        origin=", ".join(f"{row.base.code}/{row.quote.code} {row.source}" for _, row in steps),
    )


def floor_to(exact: Fraction, places: int) -> Decimal:
    """The exact value rounded down (towards minus infinity) to so many decimal places."""
    units = exact.numerator * 10**places // exact.denominator
    return Decimal((int(units < 0), tuple(map(int, str(abs(units)))), -places))
