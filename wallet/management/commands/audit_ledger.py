"""`manage.py audit_ledger [--json] [--full | --incremental] [--keep-open]`: prove the books."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from config.kit.commands import ConsoleCommand
from wallet.services import audit


class Command(ConsoleCommand):
    """Exit code 0 only where everything holds."""

    help = "Prove the books. Exit code 0 if they hold, 1 if not; a difference stops its coin's withdrawals."
    example = "audit_ledger --full --json"

    def add_arguments(self, parser: CommandParser) -> None:
        """How deep, and for whom."""
        parser.add_argument("--json", action="store_true", help="print JSON for programs")
        depth = parser.add_mutually_exclusive_group()
        depth.add_argument("--full", action="store_true", help="also prove every posting by itself")
        depth.add_argument("--incremental", action="store_true", help="only what came since the last proof, each posting too")
        parser.add_argument("--keep-open", action="store_true", help="don't stop withdrawals of a coin with a difference")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prove, report, exit."""
        quiet = True if options["json"] or not options["verbosity"] else None
        with tqdm(unit=" steps", disable=quiet, dynamic_ncols=True) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            depth = {"full": options["full"], "incremental": options["incremental"]}
            report = audit.run(**depth, stop=not options["keep_open"], progress=progress)
        if options["json"]:
            self.stdout.write(json.dumps({"ok": report.ok, **asdict(report)}, indent=2))
        else:
            self.stdout.write(_text(report))
        if not report.ok:
            raise SystemExit(1)


def _text(report: audit.Report) -> str:
    lines = [f"{'coin':<8}{'entries':>12}{'sum':>16}{'owned by customers':>40}"]
    lines += [f"{row.coin:<8}{row.entries:>12}{row.entries_sum:>16}{row.customers:>40}" for row in report.coins]
    proven = f"{report.accounts} accounts" + (f", {report.postings} postings" if report.full else "")
    lines += ["", f"{proven} in {report.seconds} s: {'the books hold' if report.ok else 'THE BOOKS DO NOT HOLD'}"]
    for finding in report.findings:
        coin = f"{finding.coin}, " if finding.coin else ""
        lines.append(f"  {finding.check}: {coin}{finding.subject} should be {finding.expected}, is {finding.found}")
    if report.finding_count > len(report.findings):
        lines.append(f"  and {report.finding_count - len(report.findings)} more")
    if report.stopped:
        lines.append(f"Withdrawals stopped: {', '.join(report.stopped)}. Clear with: manage.py resume_withdrawals COIN")
    return "\n".join(lines)
