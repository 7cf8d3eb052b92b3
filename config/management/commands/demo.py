"""`manage.py demo [-n N] [--json] [--soak]`: tells the whole story against the running product."""

from __future__ import annotations

import io
import json
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser

from config.demo.browser import StoryFailed
from config.demo.measures import Report, shown_seconds
from config.demo.officers import Credentials
from config.demo.story import perform, set_stage
from config.kit.commands import ConsoleCommand

CUSTOMERS_MAX = 1000


class Command(ConsoleCommand):
    """Everything over HTTP; exit code 0 only if every customer finished and the books and the audit log prove themselves."""

    help = "Tell the whole story over HTTP: from a mailed code to a settled withdrawal, for N customers at once."
    example = "demo -n 20"
    requires_system_checks: list[str] = []  # serves no page: reading all URLs would only make its start late

    def add_arguments(self, parser: CommandParser) -> None:
        """How many, for whom, and with what kind of weather."""
        parser.add_argument("-n", "--customers", type=int, default=1, help="how many customers (default 1)")
        parser.add_argument("--json", action="store_true", help="print JSON for programs, without a progress bar")
        parser.add_argument("--soak", action="store_true", help="kill web, worker and signer meanwhile (development only)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Play it and tell."""
        customers = options["customers"]
        if settings.PRODUCTION:
            raise CommandError("The demo plays on development only.")
        if not 1 <= customers <= CUSTOMERS_MAX:
            raise CommandError(f"1 to {CUSTOMERS_MAX} customers are possible.")
        stage = set_stage(
            url=settings.PUBLIC_URL,
            chain_url=settings.EVM_RPC_URL,
            hot_wallet=settings.EVM_HOT_WALLET_ADDRESS,
            officers=_officers(),
            manage=settings.BASE_DIR / "manage.py",
            processes=settings.VAR_DIR / "run" / "processes.json",
        )
        if not stage.processes.exists():
            raise CommandError("The product does not run here: `make run` in another terminal first.")
        try:
            report = perform(stage, customers=customers, quiet=options["json"], soak=options["soak"])
        except StoryFailed as reason:
            raise CommandError(str(reason)) from None
        if options["json"]:
            report.pop("table")
            self.stdout.write(json.dumps(report, indent=2))
        else:
            self._tell(report)
        if not report["ok"]:
            raise SystemExit(1)

    def _tell(self, report: Report) -> None:
        self.stdout.write(f"\n{report['table']}\n")
        for failure in report["failures"]:
            self.stdout.write(f"FAILED: {failure}")
        for name, check in report["checks"].items():
            self.stdout.write(f"{name}: {'ok' if check['ok'] else 'FAILED'} ({check['seconds']:.1f} s)")
            if not check["ok"]:
                self.stdout.write(
                    json.dumps(check["says"], indent=2) if isinstance(check["says"], dict) else str(check["says"])
                )
        if report["kills"]:
            killed = ", ".join(f"{name} {count} ×" for name, count in report["kills"].items())
            self.stdout.write(f"killed meanwhile: {killed}; calls tried again: {report['retries']}")
        words = f"{report['finished']} of {report['customers']} customers finished in {shown_seconds(report['seconds'])}"
        self.stdout.write(f"{words}; {report['calls']} HTTP calls")


def _officers() -> list[Credentials]:
    """What `create_officers` shows to the person at the terminal."""
    told = io.StringIO()
    call_command("create_officers", "--json", stdout=told)
    return [
        Credentials(email=officer["email"], password=officer["password"], totp_secret=officer["totp_secret"])
        for officer in json.loads(told.getvalue())
    ]
