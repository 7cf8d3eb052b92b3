"""`manage.py create_staff --email … --role … --by … --reason …`: an officer of a production installation."""

from __future__ import annotations

import base64
import getpass
import json
import sys
from typing import Any

from django.core.management.base import CommandParser

from accounts.services import staff, totp
from config.kit.clock import now
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError


class Command(WritingCommand):
    """Creates one officer; the password is asked for, or read from the standard input where that is no terminal."""

    help = "Create an officer with a role and an authenticator. The authenticator's secret is shown once."
    example = "create_staff --email ann@example.com --name 'Ann Lee' --role treasury --by 'Bo Li' --reason 'new in the team'"

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, with which roles, by whom and why."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True, help="stands across each picture that the officer looks at")
        parser.add_argument("--role", action="append", required=True, choices=sorted(staff.ROLES), dest="roles")
        parser.add_argument("--by", required=True, help="who runs this command")
        parser.add_argument("--reason", required=True, help="why the officer is needed")
        parser.add_argument("--json", action="store_true", help="print JSON for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the officer and show the authenticator's secret. Exit code 1 where it is refused."""
        password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            made = staff.create_officer(
                email=options["email"],
                password=password,
                roles=options["roles"],
                name=options["name"],
                by=options["by"],
                reason=options["reason"],
            )
        except DomainError as refused:
            self.stderr.write(refused.detail)
            raise SystemExit(1) from None
        shown = totp.shown(made.totp_seed, made.user, now())
        if options["json"]:
            told = {
                "name": made.user.officer_name,
                "email": made.user.email,
                "totp_secret": shown.secret,
                "otpauth_url": shown.otpauth_url,
            }
            self.stdout.write(json.dumps(told, indent=2))
            return
        self.stdout.write(f"{made.user.get_full_name()}  {made.user.email}  ({', '.join(sorted(options['roles']))})")
        self.stdout.write(f"  authenticator   {base64.b32encode(made.totp_seed).decode('ascii')}")
        self.stdout.write(f"  otpauth URL     {shown.otpauth_url}")
