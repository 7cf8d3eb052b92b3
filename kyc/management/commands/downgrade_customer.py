"""`manage.py downgrade_customer UID --to LEVEL --by … --reason SLUG [--dry-run] [--json]`."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from accounts.management.customers import add_arguments, find
from accounts.services.officers import Act
from config.kit.commands import ConsoleCommand
from config.kit.errors import DomainError
from kyc.catalogue.reasons import LOWER, reasons_for
from kyc.services import lowering


class Command(ConsoleCommand):
    """Lowers a customer's identity level."""

    help = f"Take identity levels from a customer, with one of these reasons: {', '.join(r.slug for r in reasons_for(LOWER))}."
    example = "downgrade_customer 123456789 --to 1 --by 'Bo Li' --reason document_forged --dry-run"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose level, how far, who does it and why."""
        add_arguments(parser)
        parser.add_argument("--to", required=True, type=int, choices=(0, 1, 2), help="the level that is left")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--json", action="store_true", help="print JSON for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 where it is refused."""
        act = Act(reason=options["reason"], by=options["by"])
        try:
            user = find(options["uid"])
            before = lowering.check(user=user, to_level=options["to"], act=act)
            revoked = [] if options["dry_run"] else lowering.lower(user=user, to_level=options["to"], act=act)
        except DomainError as refused:
            self.stderr.write(refused.detail)
            raise SystemExit(1) from None
        done = {
            "uid": str(user.uid),
            "from": before,
            "to": options["to"],
            "dry_run": options["dry_run"],
            "revoked": [str(case.public_id) for case in revoked],
        }
        if options["json"]:
            self.stdout.write(json.dumps(done, indent=2))
        else:
            says = "would fall" if options["dry_run"] else "has fallen"
            self.stdout.write(f"{user.uid}: the level {says} from {before} to {options['to']}, {len(revoked)} cases revoked")
