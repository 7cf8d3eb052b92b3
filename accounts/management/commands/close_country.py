"""`manage.py close_country CODE --by … --reason …`: no new accounts with phones of a country."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.services import countries
from accounts.services.officers import Act
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError


class Command(WritingCommand):
    """Closes one country."""

    help = "Let no phone of a country open an account any more. Written to the audit log."
    example = "close_country KP --by 'Bo Li' --reason 'sanctions'"

    def add_arguments(self, parser: CommandParser) -> None:
        """The country, who and why."""
        parser.add_argument("country", metavar="CODE", help="ISO 3166-1, two letters")
        parser.add_argument("--by", required=True, help="who runs this command")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say how it stands. Exit code 1 where it is refused."""
        act = Act(reason=options["reason"], by=options["by"])
        try:
            country = countries.open_to(alpha2=options["country"], is_open=False, act=act)
        except (DomainError, ValueError) as refusal:
            raise CommandError(getattr(refusal, "detail", str(refusal))) from refusal
        self.stdout.write(f"{country.name_en} ({country.alpha2}): closed")
