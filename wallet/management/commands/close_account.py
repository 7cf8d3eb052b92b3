"""`manage.py close_account UID --by … --reason …`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from accounts.management.customers import add_arguments, find
from accounts.services.officers import Act
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError
from wallet.services import leaving


class Command(WritingCommand):
    """Ends an account by an operator's word."""

    help = "End a customer's account for good. It must be empty. The retention clock starts; erase_customer is another step."
    example = "close_account 123456789 --by 'Bo Li' --reason 'asked for by the customer'"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose account, who does it and why."""
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 where it is refused."""
        try:
            closed = leaving.close(customer=find(options["uid"]), act=Act(reason=options["reason"], by=options["by"]))
        except DomainError as refused:
            self.stderr.write(refused.detail)
            raise SystemExit(1) from None
        self.stdout.write(f"{closed.uid} is closed")
