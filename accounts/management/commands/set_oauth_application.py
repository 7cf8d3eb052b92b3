"""`manage.py set_oauth_application CLIENT_ID --disable|--enable --by … --reason …`: stop an application, or let it go on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from accounts.services.oauth import applications
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError


class Command(WritingCommand):
    """From the next use of any of its tokens on, a disabled application reads nothing."""

    help = "Disable or enable an OAuth application."
    example = "set_oauth_application CLIENT_ID --disable --by 'Bo Li' --reason 'contract ended'"

    def add_arguments(self, parser: CommandParser) -> None:
        """Which, how, by whom and why."""
        parser.add_argument("client_id")
        how = parser.add_mutually_exclusive_group(required=True)
        how.add_argument("--disable", action="store_false", dest="is_enabled")
        how.add_argument("--enable", action="store_true", dest="is_enabled")
        parser.add_argument("--by", required=True, help="who runs this command")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it. Exit code 1 where it is refused."""
        try:
            changed = applications.set_enabled(
                client_id=options["client_id"],
                is_enabled=options["is_enabled"],
                by=options["by"],
                reason=options["reason"],
            )
        except DomainError as refused:
            self.stderr.write(refused.detail)
            raise SystemExit(1) from None
        self.stdout.write(f"{changed.name} is {'enabled' if changed.is_enabled else 'disabled'}")
