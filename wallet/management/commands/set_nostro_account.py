"""`manage.py set_nostro_account CODE`: one of our accounts at a bank."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.services.officers import Act
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError
from wallet.services.banks import nostro


class Command(WritingCommand):
    """Opens, corrects or closes one account."""

    help = (
        "Open an account of ours at a bank for fiat money, correct what is said of it, or close it. Written to the audit log."
    )
    example = (
        "set_nostro_account TWD1 --coin TWD --bank 'First' --holder 'X Ltd' --account-number 0056009"
        " --by 'Bo Li' --reason 'opened'"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The account, who and why."""
        parser.add_argument("code", help="2 to 32 of A-Z, 0-9 and _")
        parser.add_argument("--coin", required=True, help="its fiat coin; it stays")
        parser.add_argument("--bank", required=True, help="the bank's name, as customers read it")
        parser.add_argument("--holder", required=True)
        parser.add_argument("--account-number", required=True)
        parser.add_argument("--swift-code", default="")
        parser.add_argument("--closed", action="store_true", help="nothing is paid from it or received on it any more")
        parser.add_argument("--by", required=True, help="who decides")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for what is no account, or no reason."""
        if not options["by"].strip():
            raise CommandError("--by names nobody")
        words = {name: options[name] for name in ("code", "coin", "bank", "holder", "account_number", "swift_code")}
        act = Act(reason=options["reason"], by=options["by"])
        try:
            made = nostro.set_account(**words, is_open=not options["closed"], act=act)
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        self.stdout.write(f"{made.code} is {'open' if made.is_open else 'closed'}")
