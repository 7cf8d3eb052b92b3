"""`manage.py load_vip_tiers`: the tiers of customers; again changes nothing."""

from __future__ import annotations

from typing import Any

from accounts.services import vip
from config.kit.commands import WritingCommand


class Command(WritingCommand):
    """Loads the VIP tiers 0 to 9."""

    help = "Load the VIP tiers 0 to 9 with their spreads. Safe to run again: what an operator changed stays."
    example = "load_vip_tiers"

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how many were missing."""
        added = vip.load()
        if options["verbosity"]:
            self.stdout.write(f"{added} VIP tiers added")
