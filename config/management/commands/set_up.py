"""`manage.py set_up`: everything between an empty database and a running product, in one process, safe to run again."""

from __future__ import annotations

import io
import json
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser

from config.kit.commands import ConsoleCommand

REFERENCE = ("load_countries", "load_staff_roles", "load_vip_tiers")


class Command(ConsoleCommand):
    """Migrates, grants, installs the broker and loads reference data; in development also coins of its chain and officers."""

    help = "Migrate, grant the application's rights, install the embedded broker, load reference data."
    example = "set_up --role quaestor"

    def add_arguments(self, parser: CommandParser) -> None:
        """Who the application is."""
        parser.add_argument("--role", help="the application's database role, where it is not the one that runs this")
        parser.add_argument("--json", action="store_true", help="end with one line of JSON: what to show (development)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Each step may be repeated."""
        quiet: dict[str, Any] = {"verbosity": 0, "stdout": io.StringIO()}
        call_command("migrate", interactive=False, **quiet)
        call_command("createcachetable", **quiet)
        call_command("install_broker", **quiet)
        for command in REFERENCE:
            call_command(command, **quiet)
        call_command("load_coins", *(["--development"] if not settings.PRODUCTION else []), **quiet)
        call_command("load_withdrawal_limits", **quiet)
        call_command("load_travel_rule", *(["--development"] if not settings.PRODUCTION else []), **quiet)
        call_command("load_payment_limits", **quiet)
        call_command("load_funds_transfer_limits", **quiet)
        call_command("load_conversion_terms", *(["--development"] if not settings.PRODUCTION else []), **quiet)
        call_command("load_transfer_limits", **quiet)
        if options["role"]:
            call_command("grant_rights", role=options["role"], **quiet)
        shown: dict[str, Any] = {"officers": []}
        if not settings.PRODUCTION:
            told = io.StringIO()
            call_command("create_officers", "--json", stdout=told, verbosity=0)
            shown["officers"] = json.loads(told.getvalue())
        self.stdout.write(json.dumps(shown) if options["json"] else "set up")
