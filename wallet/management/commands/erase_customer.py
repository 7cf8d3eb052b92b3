"""`manage.py erase_customer UID --by … --reason … [--dry-run] [--json]`: erase a person, keep the books."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from accounts.management.customers import add_arguments, find
from accounts.services import audit as log
from accounts.services.officers import Act
from config.kit.commands import ConsoleCommand
from config.kit.errors import DomainError
from wallet.services import audit as books
from wallet.services import leaving


class Command(ConsoleCommand):
    """Erases by an operator's word, and proves that books and audit log hold as before."""

    help = "Erase the person of a closed account by destroying the key. There is no way back. --dry-run says what would go."
    example = "erase_customer 123456789 --by 'Bo Li' --reason 'asked for by the customer' --dry-run"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose data, who does it and why."""
        add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="say what would go and whether it may; write nothing")
        parser.add_argument("--json", action="store_true", help="print JSON for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 where it is refused, 2 where the books or the audit log do not hold afterwards."""
        dry = bool(options["dry_run"])
        try:
            customer = find(options["uid"])
            act = Act(reason=options["reason"], by=options["by"])
            done = leaving.erase(customer=customer, act=act, dry_run=dry)
        except DomainError as refused:
            self.stderr.write(refused.detail)
            raise SystemExit(1) from None
        report: dict[str, Any] = {"uid": customer.uid, "files": done.files, "accounts": done.accounts, "erased": not dry}
        if not dry:
            report["books_hold"] = books.run().ok
            report["audit_log_holds"] = not any(log.walk())
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else _text(report))
        if not dry and not (report["books_hold"] and report["audit_log_holds"]):
            raise SystemExit(2)


def _text(report: dict[str, Any]) -> str:
    what = f"{report['uid']}: {report['files']} files, {report['accounts']} accounts"
    if not report["erased"]:
        return f"{what} would be erased"
    proofs = (("books", report["books_hold"]), ("audit log", report["audit_log_holds"]))
    return "\n".join([f"{what} erased", *(f"the {name} {'hold' if holds else 'DO NOT HOLD'}" for name, holds in proofs)])
