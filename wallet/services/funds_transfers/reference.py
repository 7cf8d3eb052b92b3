"""The limits of transfers into futures that every installation starts with. What an operator changed is left alone."""

from __future__ import annotations

from wallet.models.funds_transfers import FundsTransferLimit
from wallet.services import reference_limits

LIMITS: dict[str, dict[int, tuple[str, str]]] = {
    "BTC": {2: ("4", "40"), 3: ("20", "200")},
    "ETH": {2: ("60", "600"), 3: ("300", "3000")},
    "USDT": {2: ("100000", "1000000"), 3: ("500000", "5000000")},
    "TRX": {2: ("600000", "6000000"), 3: ("3000000", "30000000")},
}
"""Coin → level → the most that a customer moves into futures in 24 hours and in 30 days. Other coins are closed."""


def load() -> int:
    """Add the limits that are missing; how many."""
    return reference_limits.load_limits(FundsTransferLimit, LIMITS)
