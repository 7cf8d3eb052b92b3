"""`manage.py load_funds_transfer_limits`."""

from __future__ import annotations

from typing import Any

from config.kit.commands import WritingCommand
from wallet.services.funds_transfers import reference


class Command(WritingCommand):
    """Without limits nothing is moved into futures; run this after load_coins."""

    help = "Load the limits of transfers into futures per level, coin and window. Rows that exist are left alone."
    example = "load_funds_transfer_limits"

    def handle(self, *args: Any, **options: Any) -> None:
        """Add what is missing and say how much that was."""
        added = reference.load()
        if options["verbosity"]:
            self.stdout.write(f"{added} limits added.")
