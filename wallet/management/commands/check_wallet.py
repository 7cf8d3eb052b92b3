"""`manage.py check_wallet [--json]`: what staff have to look at, and what is stopped."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from config.kit.commands import ConsoleCommand
from wallet.services import ages, alarms, stops
from wallet.services.outflow import stopping


class Command(ConsoleCommand):
    """Exit code 0 only where no alarm stands and nothing is stopped."""

    help = "Tell open alarms and stopped coins. Exit code 1 where somebody has to look."
    example = "check_wallet --json"

    def add_arguments(self, parser: CommandParser) -> None:
        """For whom."""
        parser.add_argument("--json", action="store_true", help="print JSON for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at the ages anew, report, exit."""
        ages.ring()
        rows = [
            {
                "kind": alarm.kind,
                "label": alarm.label,
                "subject": alarm.subject,
                "since": alarm.since.isoformat(timespec="seconds"),
                "detail": alarm.detail,
            }
            for alarm in alarms.open_ones()
        ]
        stopped = {**{one.scope: one.reason for one in stopping.standing()}, **stops.standing()}
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not rows and not stopped, "alarms": rows, "stopped": stopped}, indent=2))
        else:
            self.stdout.write(_text(rows, stopped))
        if rows or stopped:
            raise SystemExit(1)


def _text(rows: list[dict[str, str]], stopped: dict[str, str]) -> str:
    lines = [f"{row['label']}: {row['subject']} since {row['since']} {row['detail']}".rstrip() for row in rows]
    lines += [f"Withdrawals of {code} are stopped: {because}" for code, because in stopped.items()]
    return "\n".join(lines) or "Nothing stands too long, and nothing is stopped."
