"""`manage.py resume_withdrawals COIN --by NAME --reason TEXT`: after a difference was explained and put right."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from config.kit.commands import WritingCommand
from config.kit.errors import DomainError
from wallet.services import stops


class Command(WritingCommand):
    """Clears what the audit of the books stopped."""

    help = "Let withdrawals of a coin go on after its books were put right."
    example = "resume_withdrawals BTC --by 'Bo Li' --reason 'the difference was a late block'"

    def add_arguments(self, parser: CommandParser) -> None:
        """Which coin, who, why."""
        parser.add_argument("coin", help="code of the coin")
        parser.add_argument("--by", required=True, help="who decides")
        parser.add_argument("--reason", required=True, help="what was wrong and how it was put right")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for a coin that isn't there, or no reason."""
        try:
            resumed = stops.resume(options["coin"], by=options["by"], reason=options["reason"])
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        self.stdout.write(f"withdrawals of {options['coin']} {'go on' if resumed else 'were not stopped'}")
