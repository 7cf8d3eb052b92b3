"""What one coin is worth in another now: by a price of the pair, or over one coin between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import prod

from django.conf import settings
from django.db.models import Q, QuerySet

from config.kit.clock import now
from wallet.models.coins import Coin
from wallet.models.conversions import PRICE_PLACES
from wallet.models.rates import CHANGE_PLACES, Rate
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
    change_percent: Decimal | None = None
    """Against 24 hours ago, rounded down; null where one of its parts doesn't know its own."""

    @property
    def is_stale(self) -> bool:
        """Whether it is too old to exchange money at it."""
        return is_stale(self.taken_at)


def is_stale(taken_at: datetime) -> bool:
    """Whether a price of that moment is too old to exchange money at it."""
    return now() - taken_at > timedelta(seconds=settings.RATES_AGE_SECONDS_MAX)


def listed(*, base: str | None = None, quote: str | None = None) -> Sequence[RateView]:
    """Every price between enabled coins, narrowed to a base or quote; the order of lists. One query. Raises UnknownCoin."""
    found = known()
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
    rows = known().filter(base__code__in=codes, quote__code__in=codes)
    return over(table_of(rows), source, target)


Table = Mapping[tuple[str, str], Rate]
"""Prices by base and quote."""


def table_of(rows: Iterable[Rate]) -> Table:
    """The prices, to be looked up."""
    return {(row.base.code, row.quote.code): row for row in rows}


def over(table: Table, source: Coin, target: Coin) -> Price:
    """Like `between`, of prices that were read already. Raises RateUnknown."""
    pivots = list(settings.RATES_PIVOTS)
    for way in ([source.code, target.code], *([source.code, pivot, target.code] for pivot in pivots)):
        steps = [_step(table, one, other) for one, other in pairwise(way)]
        found = [step for step in steps if step is not None]
        if len(found) == len(steps):
            return _made(source, target, found)
    raise RateUnknown(source=source.code, target=target.code)


def known() -> QuerySet[Rate]:
    """Every price between enabled coins."""
    return Rate.objects.select_related("base", "quote").filter(Q(base__is_enabled=True, quote__is_enabled=True))


@dataclass(frozen=True, slots=True)
class _Step:
    """One price on the way: its factor now, and by how much that grew in 24 hours."""

    factor: Fraction
    row: Rate
    growth: Fraction | None


def _step(table: Table, one: str, other: str) -> _Step | None:
    if (row := table.get((one, other))) is not None:
        return _Step(Fraction(row.price), row, _growth(row))
    if (row := table.get((other, one))) is not None:
        growth = _growth(row)
        return _Step(1 / Fraction(row.price), row, 1 / growth if growth else None)
    return None


def _growth(row: Rate) -> Fraction | None:
    """A price that stands can't have fallen by all of it: a source that says so knows nothing."""
    return None if row.change_percent in {None, -100} else 1 + Fraction(row.change_percent or 0) / 100


def _made(source: Coin, target: Coin, steps: list[_Step]) -> Price:
    growths = [step.growth for step in steps if step.growth is not None]
    change = (prod(growths, start=Fraction(1)) - 1) * 100
    return Price(
        source=source.code,
        target=target.code,
        price=floor_to(prod((step.factor for step in steps), start=Fraction(1)), PRICE_PLACES),
        taken_at=min(step.row.taken_at for step in steps),
        origin=", ".join(f"{step.row.base.code}/{step.row.quote.code} {step.row.source}" for step in steps),
        change_percent=floor_to(change, CHANGE_PLACES) if len(growths) == len(steps) else None,
    )


def floor_to(exact: Fraction, places: int) -> Decimal:
    """The exact value rounded down (towards minus infinity) to so many decimal places."""
    units = exact.numerator * 10**places // exact.denominator
    return Decimal((int(units < 0), tuple(map(int, str(abs(units)))), -places))
