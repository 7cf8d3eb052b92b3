"""The app of the money: coins, the ledger, deposits, withdrawals, chains."""

from __future__ import annotations

from django.apps import AppConfig


class WalletConfig(AppConfig):
    """Money."""

    name = "wallet"
    verbose_name = "Wallet"

    def ready(self) -> None:
        """Register who tells of opened products."""
        from accounts.services import standing
        from wallet.services import futures

        standing.tell("wallet", lambda user: {"has_futures": futures.standing(user).is_open})

        from wallet.services import gauges

        gauges.register_all()
