"""`manage.py stop_outflow CODE`: nothing more leaves in a coin, or at all."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.services.officers import Act
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError
from wallet.models.outflow import EVERYTHING
from wallet.services.outflow import stopping


class Command(WritingCommand):
    """Flips the switch; two officers at the desk lift it."""

    help = "Let nothing more leave in a coin, or at all, until two officers lift it at the desk. Written to the audit log."
    example = "stop_outflow BTC --by 'Bo Li' --reason 'keys may have leaked'"

    def add_arguments(self, parser: CommandParser) -> None:
        """What, who and why."""
        parser.add_argument("scope", help=f"a coin's code, or {EVERYTHING}")
        parser.add_argument("--by", required=True, help="who decides")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for no such coin, no reason, or where it is stopped already."""
        act = Act(reason=options["reason"], by=options["by"])
        try:
            made = stopping.stop(scope=options["scope"], act=act)
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        except ValueError as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(f"{stopping.made_of(made.scope)} is stopped.")
