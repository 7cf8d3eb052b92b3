"""The caps that every installation starts with: some times what the highest level lets one customer out."""

from __future__ import annotations

from decimal import Decimal

from wallet.models.coins import Coin
from wallet.models.outflow import OutflowCap
from wallet.services.limits import DAY_HOURS

CAPS: dict[str, str] = {
    "BTC": "100",
    "ETH": "1500",
    "USDT": "2500000",
    "TRX": "15000000",
    "USD": "500000",
    "TWD": "15000000",
    "CNY": "3500000",
}
"""Coin → the most that leaves of it in 24 hours. In total none is set: an operator who has prices sets one."""


def load() -> int:
    """Add what is missing; how many caps were added. A coin that has any cap is left alone."""
    added = 0
    for coin in Coin.objects.filter(code__in=CAPS).exclude(pk__in=OutflowCap.objects.filter(coin__isnull=False).values("coin")):
        OutflowCap.objects.create(coin=coin, window_hours=DAY_HOURS, maximum=Decimal(CAPS[coin.code]))
        added += 1
    return added
