"""`manage.py load_rates`: ask the source of prices once, and say what became of its answer."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.services.officers import Act
from config.kit.commands import WritingCommand
from config.kit.errors import DomainError
from wallet.services.rates import loading


class Command(WritingCommand):
    """What beat does by itself; and, for an operator, taking a price that jumped."""

    help = "Take newer rates from RATES_URL. A price that jumped is kept out unless --accept-jumps says that it is right."
    example = "load_rates --accept-jumps --by 'Bo Li' --reason 'seen on three markets'"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether jumps are right, and who says so."""
        parser.add_argument("--accept-jumps", action="store_true", help="take prices however far from the ones we have")
        parser.add_argument("--by", default="", help="who decides that")
        parser.add_argument("--reason", default="", help="how the prices were looked at")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where the source tells nothing, or where prices were kept out."""
        act = None
        if options["accept_jumps"]:
            if not options["by"].strip():
                raise CommandError("--accept-jumps needs --by and --reason")
            act = Act(reason=options["reason"], by=options["by"])
        try:
            done = loading.load(act=act)
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(asdict(done)))
        elif options["verbosity"]:
            told = f"{done.stored} taken, {done.old} not newer, {done.unknown} not ours, {done.refused} not readable"
            self.stdout.write(f"rates: {told}")
        if done.jumps and act is None:
            raise CommandError("kept out until --accept-jumps: " + ", ".join(done.jumps))
