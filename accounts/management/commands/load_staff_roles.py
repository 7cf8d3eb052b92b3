"""`manage.py load_staff_roles`: the roles of officers and what each may view."""

from __future__ import annotations

from typing import Any

from accounts.services import staff
from config.kit.commands import WritingCommand


class Command(WritingCommand):
    """Creates the roles."""

    help = "Create the staff roles compliance, treasury and auditor, or bring them up to date. Safe to run again."
    example = "load_staff_roles"

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and name them."""
        roles = staff.load_roles()
        if options["verbosity"]:
            self.stdout.write(f"roles: {', '.join(roles)}")
