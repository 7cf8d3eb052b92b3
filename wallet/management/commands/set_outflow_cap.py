"""`manage.py set_outflow_cap CODE MAXIMUM`: how much may leave in a window."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.services.officers import Act
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError
from config.kit.money import to_text
from wallet.models.outflow import EVERYTHING
from wallet.services.limits import DAY_HOURS
from wallet.services.outflow import caps


class Command(WritingCommand):
    """Sets or changes one cap."""

    help = "Cap what all customers together are sent of a coin, or in total. Written to the audit log."
    example = "set_outflow_cap BTC 25 --hours 24 --by 'Bo Li' --reason 'larger hot wallet'"

    def add_arguments(self, parser: CommandParser) -> None:
        """Of what, how much in how long, who and why."""
        parser.add_argument("scope", help=f"a coin's code, or {EVERYTHING}: in total, in the first of RATES_PIVOTS")
        parser.add_argument("maximum", help="0 lets nothing out")
        parser.add_argument("--hours", type=int, default=DAY_HOURS, help="the window")
        parser.add_argument("--by", required=True, help="who decides")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for a coin, an amount or a window that is none, or no reason."""
        act = Act(reason=options["reason"], by=options["by"])
        try:
            made = caps.set_cap(scope=options["scope"], maximum=options["maximum"], window_hours=options["hours"], act=act)
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        except ValueError as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(f"At most {to_text(made.maximum)} leave in {made.window_hours} h ({options['scope']}).")
