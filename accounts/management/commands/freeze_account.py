"""`manage.py freeze_account UID --by … --reason …`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from accounts.management.customers import add_arguments, find, operator
from accounts.services import freezing
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError


class Command(WritingCommand):
    """Freezes an account by an operator's word."""

    help = "Freeze a customer's account at once: sessions, API keys and withdrawals stop. thaw_account undoes it."
    example = "freeze_account 123456789 --by 'Bo Li' --reason 'reported stolen'"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose account, who does it and why."""
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 where it is refused."""
        try:
            user = find(options["uid"])
            freezing.freeze_by_staff(user=user, by=options["by"], reason=options["reason"], client=operator())
        except DomainError as refused:
            self.stderr.write(refused.detail)
            raise SystemExit(1) from None
        self.stdout.write(f"{user.uid} is frozen")
