"""`manage.py set_vip_tier UID LEVEL --by … --reason …`: give a customer another tier."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.models import User
from accounts.services import vip
from accounts.services.officers import Act
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError


class Command(WritingCommand):
    """One customer, one level, one reason."""

    help = "Give a customer a VIP tier. Written to the audit log."
    example = "set_vip_tier 123456789 2 --by 'Bo Li' --reason 'volume of November'"

    def add_arguments(self, parser: CommandParser) -> None:
        """The customer, the level, who and why."""
        parser.add_argument("uid", type=int)
        parser.add_argument("level", type=int)
        parser.add_argument("--by", required=True, help="who runs this command")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Set it and say how it stands. Exit code 1 where it is refused."""
        customer = User.objects.filter(uid=options["uid"]).first()
        if customer is None:
            raise CommandError(f"there is no customer {options['uid']}")
        try:
            tier = vip.set_tier(customer=customer, level=options["level"], act=Act(reason=options["reason"], by=options["by"]))
        except (DomainError, ValueError) as refusal:
            raise CommandError(getattr(refusal, "detail", str(refusal))) from refusal
        self.stdout.write(f"{customer.uid}: {tier.name}, spread {tier.spread_percent.normalize():f} %")
