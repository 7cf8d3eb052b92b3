"""`manage.py compare_wallets [--json] [--keep-open]`: the chain's word against the books'."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from config.kit.commands import ConsoleCommand
from config.kit.money import to_text
from wallet.services import holdings


class Command(ConsoleCommand):
    """Exit code 0 only where every coin was seen and none is short."""

    help = "Compare what our wallets hold with what the books owe. Exit code 1 where a coin is short or could not be seen."
    example = "compare_wallets --json"

    def add_arguments(self, parser: CommandParser) -> None:
        """For whom, and with what consequence."""
        parser.add_argument("--json", action="store_true", help="print JSON for programs")
        parser.add_argument("--keep-open", action="store_true", help="write nothing: no alarm, no stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, report, exit."""
        report = holdings.compare(stop=not options["keep_open"])
        rows = [
            {
                "coin": one.coin,
                "owed": to_text(one.owed),
                "held": to_text(one.held),
                "addresses": one.addresses,
                "ok": not one.is_short,
            }
            for one in report.compared
        ]
        if options["json"]:
            told = {"ok": report.ok, "coins": rows, "unseen": report.unseen, "stopped": report.stopped}
            self.stdout.write(json.dumps(told, indent=2))
        else:
            self.stdout.write(_text(rows, report))
        if not report.ok or report.unseen:
            raise SystemExit(1)


def _text(rows: list[dict[str, Any]], report: holdings.Report) -> str:
    lines = [f"{'coin':<8}{'owed':>32}{'found (at least)':>32}{'addresses':>12}"]
    for row in rows:
        short = "" if row["ok"] else "  SHORT"
        lines.append(f"{row['coin']:<8}{row['owed']:>32}{row['held']:>32}{row['addresses']:>12}{short}")
    lines += [f"{code:<8}not seen: {because}" for code, because in report.unseen.items()]
    if report.stopped:
        lines.append(f"Withdrawals stopped: {', '.join(report.stopped)}. Clear with: manage.py resume_withdrawals COIN")
    return "\n".join(lines)
