"""The terms and limits of conversions that every installation starts with. What an operator changed is left alone."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from wallet.models.coins import Coin
from wallet.models.conversions import ConversionLimit, ConversionTerms
from wallet.services import reference_limits

TERMS: dict[str, tuple[str, str]] = {
    "BTC": ("0.0001", "5"),
    "ETH": ("0.001", "100"),
    "USDT": ("1", "250000"),
    "TRX": ("10", "1000000"),
    "USD": ("1", "250000"),
    "TWD": ("30", "8000000"),
    "CNY": ("10", "1500000"),
}
"""Coin → the least and the most that one conversion takes."""
LIMITS: dict[str, dict[int, tuple[str, str]]] = {
    "BTC": {2: ("4", "40"), 3: ("20", "200")},
    "ETH": {2: ("60", "600"), 3: ("300", "3000")},
    "USDT": {2: ("100000", "1000000"), 3: ("500000", "5000000")},
    "TRX": {2: ("600000", "6000000"), 3: ("3000000", "30000000")},
    "USD": {2: ("100000", "1000000"), 3: ("500000", "5000000")},
    "TWD": {2: ("3000000", "30000000"), 3: ("15000000", "150000000")},
    "CNY": {2: ("700000", "7000000"), 3: ("3500000", "35000000")},
}
"""Coin → level → the most that a customer gives in 24 hours and in 30 days."""


@transaction.atomic
def load(*, is_open: bool) -> int:
    """Add what is missing, open or closed; how many rows were added. A coin that isn't loaded is left out."""
    added = reference_limits.load_limits(ConversionLimit, LIMITS)
    for coin in Coin.objects.filter(code__in=TERMS):
        minimum, maximum = map(Decimal, TERMS[coin.code])
        terms = {"minimum": minimum, "maximum": maximum, "is_open": is_open}
        added += ConversionTerms.objects.get_or_create(coin=coin, defaults=terms)[1]
    return added
