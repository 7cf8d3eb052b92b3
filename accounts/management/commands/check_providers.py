"""`manage.py check_providers --email … --phone …`: a test mail and a test SMS, by the providers of the installation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from accounts.services import provider_checks
from accounts.services.officers import Act
from config.kit.commands import ActingCommand, Told


class Command(ActingCommand):
    """Asks each provider to carry one message, one after the other, and tells what it answered."""

    help = "Send a test mail and a test SMS by each provider that is set, and tell what each answered. A dry run sends nothing."
    example = "check_providers --email ops@example.com --phone +886912345678 --by 'Bo Li' --reason 'new SMS contract'"

    def add_own(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("--email", default="", help="a mailbox of yours")
        parser.add_argument("--phone", default="", help="a phone of yours, with its country")

    def run(self, options: Mapping[str, Any]) -> Told:
        """Ask them."""
        act = Act(reason=options["reason"], by=options["by"])
        found = provider_checks.check(email=options["email"], phone=options["phone"], act=act, sends=not options["dry_run"])
        rows = [{"channel": one.channel, "provider": one.provider, "ok": one.is_well, "said": one.said} for one in found]
        lines = [f"{row['channel']:6} {row['provider']:24} {'ok' if row['ok'] else 'NOT WELL'}  {row['said']}" for row in rows]
        return Told("\n".join(lines), {"providers": rows}, is_well=all(one.is_well for one in found))
