"""`manage.py load_transfer_limits`."""

from __future__ import annotations

from typing import Any

from config.kit.commands import WritingCommand
from wallet.services.transfers import reference


class Command(WritingCommand):
    """Without limits nothing changes hands; run this after load_coins."""

    help = (
        "Load the limits of transfers per level, coin and window, and the officers' thresholds. Rows that exist are left alone."
    )
    example = "load_transfer_limits"

    def handle(self, *args: Any, **options: Any) -> None:
        """Add what is missing and say how much that was."""
        added = reference.load()
        if options["verbosity"]:
            self.stdout.write(f"{added} limits and thresholds added.")
