"""The app of the money: coins, the ledger, deposits, withdrawals, chains."""

from __future__ import annotations

from django.apps import AppConfig


class WalletConfig(AppConfig):
    """Money."""

    name = "wallet"
    verbose_name = "Wallet"

    def ready(self) -> None:
        """Register who tells of opened products, and what the money adds to a customer's file."""
        from accounts.services import standing
        from wallet.services import futures

        standing.tell("wallet", lambda user: {"has_futures": futures.standing(user).is_open})

        from kyc.services import export_sections
        from wallet.services import customer_file, gauges

        export_sections.add("wallet", customer_file.sections)

        gauges.register_all()
