"""The thresholds that an installation starts with: about a thousand dollars of each coin, or more in development."""

from __future__ import annotations

from decimal import Decimal

from wallet.models.coins import Coin
from wallet.models.travel_rule import TravelRuleThreshold

THRESHOLDS: dict[str, str] = {"BTC": "0.01", "ETH": "0.3", "USDT": "1000", "TRX": "4000"}
DEVELOPMENT: dict[str, str] = {"BTC": "1.5", "ETH": "25", "USDT": "40000", "TRX": "250000"}
"""So high that stories of small amounts are told without one, and so low that a customer of level 2 can meet it."""


def load(*, is_development: bool) -> int:
    """Add what is missing; how many thresholds were added. What an operator changed is left alone."""
    added = 0
    wanted = DEVELOPMENT if is_development else THRESHOLDS
    for coin in Coin.objects.filter(code__in=wanted):
        words = {"required_from": Decimal(wanted[coin.code])}
        added += TravelRuleThreshold.objects.get_or_create(coin=coin, defaults=words)[1]
    return added
