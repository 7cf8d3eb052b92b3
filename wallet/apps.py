"""The app of the money: coins, the ledger, deposits, withdrawals, chains."""

from __future__ import annotations

from django.apps import AppConfig


class WalletConfig(AppConfig):
    """Money."""

    name = "wallet"
    verbose_name = "Wallet"
