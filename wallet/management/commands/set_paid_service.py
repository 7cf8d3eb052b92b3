"""`manage.py set_paid_service CODE`: what customers may pay for."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DataError, IntegrityError

from accounts.services.officers import Act
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError
from wallet.models.payments import HOLD_HOURS
from wallet.services.payments import catalogue


class Command(WritingCommand):
    """Opens, renames or closes one service."""

    help = "Open a service that customers pay for, or close it. Written to the audit log."
    example = "set_paid_service card --name 'Card top-up' --by 'Bo Li' --reason 'contract 18'"

    def add_arguments(self, parser: CommandParser) -> None:
        """The service and its terms, who and why."""
        parser.add_argument("code", help="2 to 32 of A-Z, 0-9 and _")
        parser.add_argument("--name", required=True)
        parser.add_argument("--closed", action="store_true", help="nothing more is paid for it")
        parser.add_argument("--hold-hours", type=int, default=HOLD_HOURS, help="how long a payment may stay held")
        parser.add_argument("--by", required=True, help="who decides")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for a code or hours that are none, or no reason."""
        act = Act(reason=options["reason"], by=options["by"])
        words = {name: options[name] for name in ("code", "name", "hold_hours")}
        try:
            made = catalogue.set_service(**words, is_open=not options["closed"], act=act)
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        except (DataError, IntegrityError, ValueError) as trouble:
            raise CommandError("no such code, name, number of hours (1 to 744) or person is possible") from trouble
        self.stdout.write(f"{made.code} is {'open' if made.is_open else 'closed'}")
