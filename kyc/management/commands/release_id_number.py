"""`manage.py release_id_number UID --by … --reason …`: take an unproven document number from who claimed it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from accounts.management.customers import add_arguments, find
from accounts.services.officers import Act
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError
from kyc.services import contested


class Command(WritingCommand):
    """Releases a squatted number."""

    help = "Take the document number from a customer who has shown no document for it: the level falls to 0."
    example = "release_id_number 123456789 --by 'Bo Li' --reason 'claimed by nobody who proved it'"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose number, who does it and why."""
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 where it is refused."""
        try:
            holder = find(options["uid"])
            contested.release(holder=holder, act=Act(reason=options["reason"], by=options["by"]))
        except DomainError as refused:
            self.stderr.write(refused.detail)
            raise SystemExit(1) from None
        self.stdout.write(f"{holder.uid} holds no document number any more")
