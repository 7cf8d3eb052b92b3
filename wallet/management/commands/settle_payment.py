"""`manage.py settle_payment {capture,void,refund} ID`: what our side does with a customer's payment."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.services.officers import Act
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError
from wallet.services.payments import settling


class Command(WritingCommand):
    """One payment, one act, one reason."""

    help = "Capture a held payment (or a part of it), void it, or refund a captured one. Written to the audit log."
    example = "settle_payment void 4203918275640192 --by 'Bo Li' --reason 'order cancelled'"

    def add_arguments(self, parser: CommandParser) -> None:
        """The act, the payment, who and why."""
        parser.add_argument("act", choices=("capture", "void", "refund"))
        parser.add_argument("payment", help="public id of the payment")
        parser.add_argument("--amount", help="capture so much; the rest is given back")
        parser.add_argument("--by", required=True, help="who decides")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where the payment is not fit, or nobody says why."""
        if not options["by"].strip():
            raise CommandError("--by names nobody")
        words: dict[str, Any] = {"public_id": options["payment"], "act": Act(reason=options["reason"], by=options["by"])}
        if options["amount"] is not None:
            if options["act"] != "capture":
                raise CommandError("--amount belongs to capture")
            words["amount"] = options["amount"]
        verb = {"capture": settling.capture, "void": settling.void, "refund": settling.refund}[options["act"]]
        try:
            payment = verb(**words)
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        self.stdout.write(f"{payment.public_id} is {payment.state}")
