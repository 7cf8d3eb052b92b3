"""`manage.py create_officers [--json]`: the two officers of a development installation."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from django.core.management.base import CommandParser

from accounts.errors import StaffInvalid
from accounts.services import development
from config.kit.commands import ConsoleCommand


class Command(ConsoleCommand):
    """Creates two officers and shows what opens the desk; shows the same when run again."""

    help = "Create two officers (development only) and print their passwords and authenticator codes."
    example = "create_officers --json"

    def add_arguments(self, parser: CommandParser) -> None:
        """`--json`."""
        parser.add_argument("--json", action="store_true", help="print JSON for programs")

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Create or find them, and show them. Exit code 2 in production."""
        try:
            made = development.officers()
        except StaffInvalid as refused:
            self.stderr.write(refused.detail)
            raise SystemExit(2) from None
        if options["json"]:
            return json.dumps([dataclasses.asdict(officer) for officer in made], indent=2)
        for officer in made:
            self.stdout.write(f"{officer.email}  ({', '.join(officer.roles)})")
            self.stdout.write(f"  password        {officer.password}")
            self.stdout.write(f"  authenticator   {officer.totp_secret}")
            self.stdout.write(f"  code now        {officer.code}")
        return None
