"""`manage.py load_withdrawal_limits`."""

from __future__ import annotations

from typing import Any

from config.kit.commands import WritingCommand
from wallet.services.fiat_withdrawals import reference as fiat_reference
from wallet.services.outflow import reference as outflow_reference
from wallet.services.withdrawals import reference


class Command(WritingCommand):
    """Without limits nothing leaves; run this after load_coins."""

    help = "Load limits per level, officers' thresholds and caps on what leaves in all. Rows that exist are left alone."
    example = "load_withdrawal_limits"

    def handle(self, *args: Any, **options: Any) -> None:
        """Add what is missing and say how much that was."""
        added = reference.load() + fiat_reference.load() + outflow_reference.load()
        if options["verbosity"]:
            self.stdout.write(f"{added} limits, thresholds and caps added.")
