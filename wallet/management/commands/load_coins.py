"""`manage.py load_coins`: the coins and networks that every installation starts with."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from config.kit.commands import WritingCommand
from wallet.services import reference_coins


class Command(WritingCommand):
    """Add what is missing; safe to run again."""

    help = "Load the coins and networks. Rows that were changed since are left alone, unless --reset restores them."
    example = "load_coins"

    def add_arguments(self, parser: CommandParser) -> None:
        """What to load."""
        parser.add_argument(
            "--development", action="store_true", help="open what the development chain carries, with few confirmations"
        )
        parser.add_argument("--reset", action="store_true", help="restore the terms of rows that were changed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for --development in production."""
        if options["development"] and settings.PRODUCTION:
            raise CommandError("--development opens networks that exist on no other machine; production refuses it")
        done = reference_coins.load(development=options["development"], reset=options["reset"])
        if options["verbosity"]:
            self.stdout.write(f"coins: {done.added} rows added, {done.restored} restored, {done.left} left as changed")
