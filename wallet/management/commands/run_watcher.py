"""`manage.py run_watcher`: reads the chains into the books. May be killed anywhere."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from config.kit.commands import ConsoleCommand
from wallet.services.deposits.watching import look
from wallet.services.looping import run_until_stopped


class Command(ConsoleCommand):
    """Look at every connected network, again and again, until SIGTERM."""

    help = "Watch the chains: record deposits, credit them at their confirmations."
    example = "run_watcher"
    requires_system_checks: list[str] = []  # serves no page: reading all URLs would only make its start late

    def add_arguments(self, parser: CommandParser) -> None:
        """Pace, and one single look."""
        parser.add_argument("--seconds", type=float, default=1.0, help="pause between two looks at the chains")
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Never ends by itself without --once."""
        self.stdout.write("watcher is ready")
        self.stdout.flush()
        run_until_stopped(look, pause_seconds=options["seconds"], once=options["once"])
