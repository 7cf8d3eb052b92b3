"""`manage.py verify_audit [--json] [--anchor POSITION:HASH]`: prove that the audit log is what was written."""

from __future__ import annotations

import json
import time
from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from accounts.services import audit
from config.kit.commands import ConsoleCommand

BREAKS_SHOWN_MAX = 20


class Command(ConsoleCommand):
    """Walks the chain from its first link. Exit code 0 only where every link holds."""

    help = "Verify the hash chain of the audit log. Exit code 0 if it holds, 1 if not."
    example = "verify_audit --json"

    def add_arguments(self, parser: CommandParser) -> None:
        """`--json` and `--anchor`."""
        parser.add_argument("--json", action="store_true", help="print JSON for programs")
        parser.add_argument(
            "--anchor",
            metavar="POSITION:HASH",
            help="a head noted earlier; proves that nothing was cut off or written anew since",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk, report, exit."""
        started = time.monotonic()
        breaks: list[audit.Break] = []
        walked = 0
        quiet = True if options["json"] or not options["verbosity"] else None
        with tqdm(total=audit.count(), unit=" records", disable=quiet) as bar:
            for found in audit.walk():
                walked += 1
                bar.update()
                if found is not None:
                    breaks.append(found)
        if options["anchor"] and not audit.holds_anchor(options["anchor"]):
            breaks.append(audit.Break(0, 0, f"the chain does not hold {options['anchor']}"))
        head = audit.head()
        report = {
            "ok": not breaks,
            "records": walked,
            "head": f"{head.position}:{head.link_hash}",
            "breaks": [vars(found) for found in breaks[:BREAKS_SHOWN_MAX]],
            "break_count": len(breaks),
            "seconds": round(time.monotonic() - started, 3),
        }
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else self._text(report))
        if breaks:
            raise SystemExit(1)

    def _text(self, report: dict[str, Any]) -> str:
        lines = [
            f"audit log: {'holds' if report['ok'] else 'BROKEN'}",
            f"  records  {report['records']}",
            f"  head     {report['head']}",
            f"  time     {report['seconds']} s",
        ]
        lines += [f"  at {b['position']}, record {b['record_id']}: {b['problem']}" for b in report["breaks"]]
        return "\n".join(lines)
