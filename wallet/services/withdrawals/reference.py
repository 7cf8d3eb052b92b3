"""The limits and thresholds of withdrawals that every installation starts with."""

from __future__ import annotations

from wallet.models.withdrawal_limits import WithdrawalLimit, WithdrawalPolicy
from wallet.services import reference_limits

LIMITS: dict[str, dict[int, tuple[str, str]]] = {
    "BTC": {2: ("2", "20"), 3: ("10", "100")},
    "ETH": {2: ("30", "300"), 3: ("150", "1500")},
    "USDT": {2: ("50000", "500000"), 3: ("250000", "2500000")},
    "TRX": {2: ("300000", "3000000"), 3: ("1500000", "15000000")},
}
"""Coin → level → the most in 24 hours and in 30 days, in the coin. Fiat coins have theirs in `fiat_withdrawals`."""
POLICIES: dict[str, tuple[str, str]] = {
    "BTC": ("0.5", "0.01"),
    "ETH": ("5", "0.1"),
    "USDT": ("10000", "200"),
    "TRX": ("50000", "1000"),
}
"""Coin → from which amount two officers decide, and up to which none does (trusted address, nothing flagged)."""


def load() -> int:
    """Add what is missing; how many rows were added."""
    return reference_limits.load(WithdrawalLimit, WithdrawalPolicy, limits=LIMITS, policies=POLICIES)
