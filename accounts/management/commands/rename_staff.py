"""`manage.py rename_staff --email … --name … --by … --reason …`: what an officer is called at the desk."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from accounts.errors import StaffInvalid
from accounts.models import User
from accounts.services import staff
from config.kit.commands import WritingCommand


class Command(WritingCommand):
    """Gives an officer a name, or another one: who had none was called by the email."""

    help = "Name an officer. The name stands across each picture that the officer looks at."
    example = "rename_staff --email ann@example.com --name 'Ann Lee-Wu' --by 'Bo Li' --reason 'married'"

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, what, by whom and why."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--by", required=True, help="who runs this command")
        parser.add_argument("--reason", required=True, help="why the officer is named anew")

    def handle(self, *args: Any, **options: Any) -> None:
        """Name the officer. Exit code 1 where there is none, or the name is no name."""
        user = User.objects.filter(email=options["email"].strip().lower(), is_staff=True).first()
        try:
            if user is None:
                raise StaffInvalid(reason="There is no officer with this email.")
            staff.rename(user=user, name=options["name"], by=options["by"], reason=options["reason"])
        except StaffInvalid as refused:
            self.stderr.write(refused.detail)
            raise SystemExit(1) from None
        self.stdout.write(f"{user.email} is called {user.officer_name}")
