"""`manage.py disable_staff EMAIL`: an officer may act no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from accounts.services import officer_access
from accounts.services.officers import Act
from config.kit.commands import ActingCommand, Told


class Command(ActingCommand):
    """Closes the desk to one officer; what the officer did stays."""

    help = "Let an officer act no more: open desks are closed at once. --again lets a disabled one act again."
    example = "disable_staff ann@example.com --by 'Bo Li' --reason 'left the company'"

    def add_own(self, parser: CommandParser) -> None:
        """Whom."""
        parser.add_argument("email", help="the officer's email")
        parser.add_argument("--again", action="store_true", help="let the officer act again")

    def run(self, options: Mapping[str, Any]) -> Told:
        """Disable or enable."""
        officer, act = officer_access.find(options["email"]), Act(reason=options["reason"], by=options["by"])
        if options["again"]:
            officer_access.enable(officer=officer, act=act)
        else:
            officer_access.disable(officer=officer, act=act)
        done = "may act again" if options["again"] else "may act no more"
        return Told(f"{officer.email} {done}", {"officer": officer.email, "may_act": options["again"]})
