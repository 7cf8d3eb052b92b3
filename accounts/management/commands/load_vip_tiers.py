"""`manage.py load_vip_tiers`: the tiers of customers; again changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.services import vip


class Command(BaseCommand):
    """Loads the VIP tiers 0 to 9."""

    help = "Load the VIP tiers 0 to 9 with their spreads. Safe to run again: what an operator changed stays."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how many were missing."""
        added = vip.load()
        if options["verbosity"]:
            self.stdout.write(f"{added} VIP tiers added")
