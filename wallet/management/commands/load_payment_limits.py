"""`manage.py load_payment_limits`."""

from __future__ import annotations

from typing import Any

from config.kit.commands import WritingCommand
from wallet.services.payments import catalogue


class Command(WritingCommand):
    """Without limits nothing is paid; run this after load_coins."""

    help = "Load the limits of payments per level, coin and window. Rows that exist are left alone."
    example = "load_payment_limits"

    def handle(self, *args: Any, **options: Any) -> None:
        """Add what is missing and say how much that was."""
        added = catalogue.load()
        if options["verbosity"]:
            self.stdout.write(f"{added} limits added.")
