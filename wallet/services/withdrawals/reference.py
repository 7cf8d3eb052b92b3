"""The limits and thresholds that every installation starts with. What an operator changed is left alone."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from wallet.models.coins import Coin
from wallet.models.withdrawal_limits import WithdrawalLimit, WithdrawalPolicy

DAY_HOURS = 24
MONTH_HOURS = 30 * 24
LIMITS: dict[str, dict[int, tuple[str, str]]] = {
    "BTC": {2: ("2", "20"), 3: ("10", "100")},
    "ETH": {2: ("30", "300"), 3: ("150", "1500")},
    "USDT": {2: ("50000", "500000"), 3: ("250000", "2500000")},
    "TRX": {2: ("300000", "3000000"), 3: ("1500000", "15000000")},
}
"""Coin → level → the most in 24 hours and in 30 days, in the coin. Fiat coins are not here: nothing of them leaves."""
POLICIES: dict[str, tuple[str, str]] = {
    "BTC": ("0.5", "0.01"),
    "ETH": ("5", "0.1"),
    "USDT": ("10000", "200"),
    "TRX": ("50000", "1000"),
}
"""Coin → from which amount two officers decide, and up to which none does (trusted address, nothing flagged)."""


@transaction.atomic
def load() -> int:
    """Add what is missing; how many rows were added. A coin that isn't loaded is left out."""
    coins = {coin.code: coin for coin in Coin.objects.filter(code__in=LIMITS)}
    added = 0
    for code, coin in coins.items():
        for level, (per_day, per_month) in LIMITS[code].items():
            for hours, maximum in ((DAY_HOURS, per_day), (MONTH_HOURS, per_month)):
                _, is_new = WithdrawalLimit.objects.get_or_create(
                    level=level, coin=coin, window_hours=hours, defaults={"maximum": Decimal(maximum)}
                )
                added += is_new
        second_officer_from, automatic_up_to = map(Decimal, POLICIES[code])
        _, is_new = WithdrawalPolicy.objects.get_or_create(
            coin=coin,
            defaults={"second_officer_from": second_officer_from, "automatic_up_to": automatic_up_to},
        )
        added += is_new
    return added
