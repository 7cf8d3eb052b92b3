"""The limits and thresholds of transfers that every installation starts with."""

from __future__ import annotations

from wallet.models.transfer_limits import TransferLimit, TransferPolicy
from wallet.services import reference_limits

LIMITS: dict[str, dict[int, tuple[str, str]]] = {
    "BTC": {2: ("2", "20"), 3: ("10", "100")},
    "ETH": {2: ("30", "300"), 3: ("150", "1500")},
    "USDT": {2: ("50000", "500000"), 3: ("250000", "2500000")},
    "TRX": {2: ("300000", "3000000"), 3: ("1500000", "15000000")},
}
"""Coin → level → the most in 24 hours and in 30 days, in the coin. Fiat coins are not here: they don't change hands."""
POLICIES: dict[str, tuple[str, str]] = {
    "BTC": ("0.5", "0.05"),
    "ETH": ("5", "1"),
    "USDT": ("10000", "2000"),
    "TRX": ("50000", "10000"),
}
"""Coin → from which amount two officers decide, and up to which none does (nothing flagged). What stays in the house can be
found again, so that more goes without an officer than of withdrawals."""


def load() -> int:
    """Add what is missing; how many rows were added."""
    return reference_limits.load(TransferLimit, TransferPolicy, limits=LIMITS, policies=POLICIES)
