"""`manage.py raise_fee ID`: pay the network more for a withdrawal that no block takes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.models import User
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError
from config.kit.money import to_text
from wallet.models.outgoing import OutgoingTransaction
from wallet.services.withdrawals import bumping, dossier


class Command(WritingCommand):
    """One withdrawal, one officer, one reason."""

    help = "Have a sent withdrawal signed again at a higher network fee: the same payment, of which one is mined. Audited."
    example = "raise_fee 4203918275640192 --by ann@example.com --reason 'the customer waits'"

    def add_arguments(self, parser: CommandParser) -> None:
        """The withdrawal, and who and why."""
        parser.add_argument("withdrawal", type=int, help="public id of the withdrawal")
        parser.add_argument("--by", required=True, help="email of the treasury officer")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where the officer or the withdrawal is not fit."""
        officer = User.objects.filter(email=options["by"].strip().lower()).first()
        if officer is None:
            raise CommandError(f"{options['by']} is not a treasury officer")
        try:
            found = dossier.open_dossier(options["withdrawal"])
            seen = bytes.fromhex(found.payload_hash)
            done = bumping.raise_fee(public_id=options["withdrawal"], officer=officer, reason=options["reason"], seen_hash=seen)
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        newest = OutgoingTransaction.objects.filter(withdrawal=done, abandoned_at__isnull=True).latest("id")
        self.stdout.write(f"waits for the signer with a fee of {to_text(newest.fee_ceiling)} at most")
