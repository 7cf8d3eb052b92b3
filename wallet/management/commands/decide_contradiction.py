"""`manage.py decide_contradiction`: close the incident of a credited deposit that left its chain."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.models import User
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError
from wallet.models.deposits import Deposit
from wallet.services.deposits import contradictions


class Command(WritingCommand):
    """One deposit, one officer, one reason."""

    help = "Let the withdrawals of a customer go on whose credited deposit left its chain. Written to the audit log."
    example = "decide_contradiction 4203918275640192 --by ann@example.com --reason 'paid back by the sender'"

    def add_arguments(self, parser: CommandParser) -> None:
        """The deposit, and who and why."""
        parser.add_argument("deposit", type=int, help="public id of the deposit")
        parser.add_argument("--by", required=True, help="email of the treasury officer")
        parser.add_argument("--reason", required=True, help="how the money was seen to")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where the officer or the deposit is not fit."""
        officer = User.objects.filter(email=options["by"].strip().lower()).first()
        if officer is None:
            raise CommandError(f"{options['by']} is not a treasury officer")
        found = Deposit.objects.filter(public_id=options["deposit"]).first()
        if found is None:
            raise CommandError(f"there is no deposit {options['deposit']}")
        try:
            contradictions.decide(deposit_id=found.pk, officer=officer, reason=options["reason"])
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        self.stdout.write(f"decided: {found.public_id}")
