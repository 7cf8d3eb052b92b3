"""`manage.py accept_deposit`: credit a deposit that was held for staff."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from config.kit.errors import DomainError
from config.kit.money import to_text
from wallet.models.deposits import Deposit
from wallet.services.deposits import review


class Command(BaseCommand):
    """One deposit, one officer, one reason."""

    help = "Credit a held deposit after all. Written to the audit log."

    def add_arguments(self, parser: CommandParser) -> None:
        """The deposit, and who and why."""
        parser.add_argument("deposit", type=int, help="public id of the deposit")
        parser.add_argument("--by", required=True, help="email of the treasury officer")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where the officer or the deposit is not fit."""
        officer = User.objects.filter(email=options["by"].strip().lower()).first()
        if officer is None:
            raise CommandError(f"{options['by']} is not a treasury officer")
        found = Deposit.objects.filter(public_id=options["deposit"]).first()
        if found is None:
            raise CommandError(f"there is no deposit {options['deposit']}")
        try:
            deposit = review.accept(deposit_id=found.pk, officer=officer, reason=options["reason"])
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        self.stdout.write(f"credited {to_text(deposit.amount)} {deposit.coin_network.coin.code}")
