"""`manage.py export_journal --first --last --out FILE`: the journal for accountants."""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from accounts.services.officers import Act
from config.kit.commands import ConsoleCommand
from config.kit.errors import DomainError
from config.kit.money import to_text
from wallet.services import journal_export


class Command(ConsoleCommand):
    """Writes a CSV file of mode 0600. It names customers by uid alone."""

    help = "Export the journal of some days as CSV: every entry, balanced per posting. Written to the audit log."
    example = "export_journal --first 2026-11-01 --last 2026-11-30 --out journal.csv --by 'Bo Li' --reason 'November'"

    def add_arguments(self, parser: CommandParser) -> None:
        """Which days, where to, who and why."""
        parser.add_argument("--first", required=True, type=date.fromisoformat, help="YYYY-MM-DD, UTC")
        parser.add_argument("--last", required=True, type=date.fromisoformat, help="YYYY-MM-DD, UTC, with the day itself")
        parser.add_argument("--out", required=True, type=Path, help="a file that is not there yet")
        parser.add_argument("--json", action="store_true", help="print JSON for programs")
        parser.add_argument("--by", required=True, help="who wants it")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for days that are none, a file that is there, no reason, and books that don't balance."""
        act = Act(reason=options["reason"], by=options["by"])
        try:
            act.require()
            done = _write(options["out"], first=options["first"], last=options["last"])
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        except (OSError, ValueError) as trouble:
            raise CommandError(str(trouble)) from trouble
        told = {"postings": str(done.postings), "first": str(options["first"]), "last": str(options["last"])}
        act.record(act="wallet.journal_exported", subject="wallet.journal", facts=told)
        turnover = {coin: to_text(total) for coin, total in sorted(done.turnover.items())}
        if options["json"]:
            self.stdout.write(json.dumps({"postings": done.postings, "entries": done.entries, "turnover": turnover}))
        else:
            self.stdout.write(f"{done.postings} postings, {done.entries} entries; each balances.")
            for coin, total in turnover.items():
                self.stdout.write(f"{coin}: {total} debited, {total} credited")


def _write(out: Path, *, first: date, last: date) -> journal_export.Exported:
    """Write the file, or leave none."""
    made = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with (
            os.fdopen(made, "w", encoding="utf-8", newline="") as target,
            tqdm(unit=" postings", file=sys.stderr, disable=None) as bar,
        ):
            return journal_export.write(target, first=first, last=last, progress=lambda count: bar.update(count - bar.n))
    except BaseException:
        out.unlink()
        raise
