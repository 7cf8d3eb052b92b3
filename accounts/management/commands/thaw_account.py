"""`manage.py thaw_account UID --by … --reason …`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from accounts.management.customers import add_arguments, find, operator
from accounts.services import freezing
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError


class Command(WritingCommand):
    """Ends a freeze that an operator began; what the owner froze opens by a recovery case alone."""

    help = "End a freeze that freeze_account began; outgoing money waits 24 hours. What the owner froze needs a case."
    example = "thaw_account 123456789 --by 'Bo Li' --reason 'owner identified'"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose account, who does it and why."""
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 where it is refused."""
        try:
            user = find(options["uid"])
            is_open = freezing.thaw_by_staff(user=user, by=options["by"], reason=options["reason"], client=operator())
        except DomainError as refused:
            self.stderr.write(refused.detail)
            raise SystemExit(1) from None
        done = "is open again; outgoing money waits 24 hours" if is_open else "stays frozen by its owner's own word"
        self.stdout.write(f"{user.uid} {done}")
