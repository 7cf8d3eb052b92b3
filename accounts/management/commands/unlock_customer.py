"""`manage.py unlock_customer UID`: lifts the locks that failed attempts left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from accounts.management.customers import find
from accounts.services import console
from accounts.services.officers import Act
from config.kit.commands import ActingCommand, Told


class Command(ActingCommand):
    """Forgets failures at one customer's names, devices, second factor and trade password."""

    help = "Lift the locks of a customer's failed attempts. A freeze is something else: thaw_account."
    example = "unlock_customer 123456789 --by 'Bo Li' --reason 'called; identity proven'"

    def add_own(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("uid", help="the customer's uid")

    def run(self, options: Mapping[str, Any]) -> Told:
        """Forget them."""
        customer = find(options["uid"])
        locks = console.unlock(customer=customer, act=Act(reason=options["reason"], by=options["by"]))
        said = f"{locks} locks are lifted" if locks else "no lock ran"
        return Told(f"{customer.uid}: {said}; failures are forgotten", {"uid": customer.uid, "locks": locks})
