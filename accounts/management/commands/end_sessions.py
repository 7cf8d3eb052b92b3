"""`manage.py end_sessions UID`: signs a customer out everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from accounts.management.customers import find, operator
from accounts.services import console
from accounts.services.officers import Act
from config.kit.commands import ActingCommand, Told


class Command(ActingCommand):
    """Ends all sessions of one customer, on every dialect, and what app tokens would open."""

    help = "Sign a customer out everywhere. API keys go on: freeze_account stops them too."
    example = "end_sessions 123456789 --by 'Bo Li' --reason 'lost a device'"

    def add_own(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("uid", help="the customer's uid")

    def run(self, options: Mapping[str, Any]) -> Told:
        """End them."""
        customer = find(options["uid"])
        act = Act(reason=options["reason"], by=options["by"])
        ended = console.end_sessions(customer=customer, act=act, client=operator())
        return Told(f"{customer.uid}: {ended} sessions ended", {"uid": customer.uid, "sessions": ended})
