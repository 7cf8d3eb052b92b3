"""Rates for tests, kept as a source would have told them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from config.kit.clock import now
from wallet.services.rates import loading
from wallet.services.rates.loading import Loaded
from wallet.services.rates.providers import Answer, Told

PRICES = {"BTC/USDT": "60000", "ETH/USDT": "3000", "USDT/TWD": "32", "USDT/USD": "1"}


def tell(pair: str, price: str, *, change: str | None = None, taken_at: datetime | None = None) -> Loaded:
    """One price, told by a source called `tests`."""
    base, quote = pair.split("/")
    told = Told(base, quote, Decimal(price), None if change is None else Decimal(change), taken_at or now())
    return loading.keep(Answer((told,)), source="tests")


def tell_all(*, age_seconds: int = 0) -> None:
    """PRICES, of that age."""
    for pair, price in PRICES.items():
        tell(pair, price, taken_at=now() - timedelta(seconds=age_seconds))
