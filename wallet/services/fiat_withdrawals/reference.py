"""The limits and thresholds of fiat withdrawals that every installation starts with. They stand beside those of other coins."""

from __future__ import annotations

from wallet.models.withdrawal_limits import WithdrawalLimit, WithdrawalPolicy
from wallet.services import reference_limits

LIMITS: dict[str, dict[int, tuple[str, str]]] = {
    "USD": {3: ("50000", "500000")},
    "TWD": {3: ("1500000", "15000000")},
    "CNY": {3: ("350000", "3500000")},
}
"""Coin → level → the most in 24 hours and in 30 days. Bank accounts begin at level 3."""
POLICIES: dict[str, tuple[str, str]] = {"USD": ("10000", "0"), "TWD": ("300000", "0"), "CNY": ("70000", "0")}
"""Coin → from which amount two officers approve. None is paid without one."""


def load() -> int:
    """Add what is missing; how many rows were added."""
    return reference_limits.load(WithdrawalLimit, WithdrawalPolicy, limits=LIMITS, policies=POLICIES)
