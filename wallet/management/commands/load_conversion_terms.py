"""`manage.py load_conversion_terms`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from config.kit.commands import WritingCommand
from wallet.services.conversions import reference


class Command(WritingCommand):
    """Without terms and limits nothing is exchanged; run this after load_coins."""

    help = "Load the terms of conversions, closed, and their limits per level. Rows that exist are left alone."
    example = "load_conversion_terms"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether the coins are open at once."""
        parser.add_argument("--development", action="store_true", help="open the coins that are added")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for --development in production."""
        if options["development"] and settings.PRODUCTION:
            raise CommandError("--development opens every coin; production refuses it")
        added = reference.load(is_open=options["development"])
        if options["verbosity"]:
            self.stdout.write(f"{added} terms and limits added.")
