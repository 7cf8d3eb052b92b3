"""`manage.py load_staff_roles`: the roles of officers and what each may view."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.services import staff


class Command(BaseCommand):
    """Creates the roles."""

    help = "Create the staff roles compliance, treasury and auditor, or bring them up to date. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and name them."""
        roles = staff.load_roles()
        if options["verbosity"]:
            self.stdout.write(f"roles: {', '.join(roles)}")
