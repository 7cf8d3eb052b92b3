"""`manage.py export_customer UID --by … --reason … --out FILE [--json]`: one customer's file for a regulator."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from accounts.management.customers import add_arguments, find
from accounts.services.officers import Act
from config.kit.commands import ConsoleCommand
from config.kit.errors import DomainError
from kyc.services import export


class Command(ConsoleCommand):
    """Writes a new file that its owner alone may read."""

    help = "Write one customer's whole file as a ZIP (mode 0600): summary, data, documents, decisions, audit trail, manifest."
    example = "export_customer 123456789 --out /secure/123456789.zip --by 'Bo Li' --reason 'request 77 of the regulator'"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose file, who asks, why, and where it goes."""
        add_arguments(parser)
        parser.add_argument("--out", required=True, type=Path, help="the file to write; it must not exist")
        parser.add_argument("--json", action="store_true", help="print JSON for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 where it is refused; nothing is left then."""
        target: Path = options["out"]
        try:
            customer = find(options["uid"])
            descriptor = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except (DomainError, OSError) as refused:
            raise self._refused(refused) from None
        try:
            with os.fdopen(descriptor, "w+b") as file:
                done = export.write(customer=customer, act=Act(reason=options["reason"], by=options["by"]), target=file)
        except DomainError as refused:
            target.unlink()
            raise self._refused(refused) from None
        except BaseException:
            target.unlink()
            raise
        if options["json"]:
            self.stdout.write(json.dumps({"uid": customer.uid, "file": str(target), **asdict(done)}, indent=2))
        else:
            self.stdout.write(f"{target}: {done.entries} entries, {done.size_bytes} bytes, SHA-256 {done.sha256}")
            for name in done.missing:
                self.stdout.write(f"  its file is gone: {name}")

    def _refused(self, refused: DomainError | OSError) -> SystemExit:
        self.stderr.write(refused.detail if isinstance(refused, DomainError) else str(refused.strerror))
        return SystemExit(1)
