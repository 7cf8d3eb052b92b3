"""`manage.py load_staff_roles`: put back roles of officers that somebody took away."""

from __future__ import annotations

from typing import Any

from accounts.services import staff
from config.kit.commands import WritingCommand


class Command(WritingCommand):
    """Creates the roles."""

    help = "Create the staff roles that are missing; the migrations made them all. Safe to run again."
    example = "load_staff_roles"

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and name them."""
        roles = staff.load_roles()
        if options["verbosity"]:
            self.stdout.write(f"roles: {', '.join(roles)}")
