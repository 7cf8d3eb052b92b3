"""`manage.py rotate_indexes [--json] [--dry-run]`: index every number and destination under just the keys in use, online."""

from __future__ import annotations

import json
import time
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from config.kit.commands import ConsoleCommand
from kyc.services import blind_indexes, index_rotation
from kyc.services.index_rotation import Indexed, Tally


class Command(ConsoleCommand):
    """Numbers, accounts and messages are found and refused as ever meanwhile. Safe to stop anywhere and to begin again.

    Add the new key to BLIND_INDEX_KEYS under the other number and restart everything; run this; take the old key out and
    restart everything; run this again, which empties the old key's column for the key after next.
    """

    help = "Index document numbers, bank accounts and destinations under just BLIND_INDEX_KEYS. Exit code 0 once all are."
    example = "rotate_indexes --dry-run"

    def add_arguments(self, parser: CommandParser) -> None:
        """`--json` and `--dry-run`."""
        parser.add_argument("--json", action="store_true", help="print JSON for programs")
        parser.add_argument("--dry-run", action="store_true", help="count what is to be indexed, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Table by table; report; exit."""
        try:
            index_rotation.require_own_columns()
        except index_rotation.ColumnOfAnotherKey as refusal:
            raise CommandError(
                f"{refusal} is filled under another key. Take this key out of BLIND_INDEX_KEYS, run this, then bring it back."
            ) from None
        started, left = time.monotonic(), 0
        quiet = True if options["json"] or not options["verbosity"] else None
        report: dict[str, Any] = {"columns": blind_indexes.columns_in_use(), "tables": {}}
        for table in index_rotation.TABLES:
            tally = _turned(table, dry=options["dry_run"], quiet=quiet)
            report["tables"][table.model._meta.label] = vars(tally)  # noqa: SLF001  # Django's documented way
            left += tally.left + (tally.turned if options["dry_run"] else 0)
        report |= {"ok": left == 0, "seconds": round(time.monotonic() - started, 3)}
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else _text(report, dry=options["dry_run"]))
        if left:
            raise SystemExit(1)


def _turned(table: Indexed, *, dry: bool, quiet: bool | None) -> Tally:
    tally = Tally()
    name = table.model._meta.label  # noqa: SLF001  # as above
    with tqdm(total=index_rotation.due(table), unit=" rows", desc=name, disable=quiet) as bar:
        for tally in index_rotation.turn(table, dry=dry):
            bar.update(tally.seen - bar.n)
    return tally


def _text(report: dict[str, Any], *, dry: bool) -> str:
    lines = [f"blind indexes in {', '.join(report['columns'])}: {'every row has just these' if report['ok'] else 'NOT DONE'}"]
    for name, tally in report["tables"].items():
        word = "to index" if dry else "indexed"
        failed = f"{tally['unreadable']:>4} unreadable  {tally['refused']:>4} refused as twins"
        lines.append(f"  {name:<25} {tally['turned']:>8} {word}  {failed}")
    return "\n".join([*lines, f"  time {report['seconds']} s"])
