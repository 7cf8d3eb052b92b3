"""The words of bitgin's wallet."""

from __future__ import annotations

from wallet.models.transfers import TransferState
from wallet.services.rates.valuing import Wallet

STATES: dict[str, int] = {
    TransferState.VERIFICATION: 17,
    TransferState.OPENED: 25,
    TransferState.REVIEW: 25,
    TransferState.SECOND_REVIEW: 25,
    TransferState.COMPLETED: 10,
    TransferState.CANCELLED: 16,
    TransferState.REJECTED: 16,
    TransferState.EXPIRED: 14,
}
"""Where a transfer stands. Review and an officer's refusal are ours: on the way like one that was opened, ended like one that
was cancelled. Source: gaps.md, bitgin, "Transfers"."""
WALLETS: dict[str, Wallet] = {"SPOT@": Wallet.SPOT, "FUTURES@": Wallet.FUTURES}
"""Names of the wallets. Source: gaps.md, bitgin, "PAY_FOR_SERVICE"."""
CURRENCIES: dict[str, tuple[str, str]] = {
    "BTC": ("BTC", "BITCOIN"),
    "BTC-LIQUID": ("BTC", "LIQUID"),
    "USDT-OMNI": ("USDT", "OMNI"),
    "USDT-ERC20": ("USDT", "ETHEREUM"),
    "USDT-LIQUID": ("USDT", "LIQUID"),
    "ETH": ("ETH", "ETHEREUM"),
}
"""The document's currencies: coin and network. Inside the house the network makes no difference. Source: bitgin: Supported
Currencies; gaps.md, bitgin."""


def coin_of(asset: str) -> str:
    """The code of the coin; what the table doesn't name is a coin's own code."""
    return CURRENCIES[asset][0] if asset in CURRENCIES else asset
