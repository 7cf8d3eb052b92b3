"""`manage.py load_travel_rule [--development]`: from which amounts on the beneficiary has to be known."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from config.kit.commands import WritingCommand
from wallet.services.travel_rule import reference


class Command(WritingCommand):
    """Without a threshold every withdrawal of a coin needs its record; run this after load_coins."""

    help = "Load from which amount of each coin a Travel Rule record is due. Rows that exist are left alone."
    example = "load_travel_rule"

    def add_arguments(self, parser: CommandParser) -> None:
        """For whom."""
        parser.add_argument("--development", action="store_true", help="higher ones, for trying things out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Add what is missing and say how much that was."""
        added = reference.load(is_development=options["development"])
        if options["verbosity"]:
            self.stdout.write(f"{added} thresholds added.")
