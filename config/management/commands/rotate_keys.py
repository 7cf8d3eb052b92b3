"""`manage.py rotate_keys [--json] [--dry-run]`: wrap every sealed value under the active key-encryption key, online."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from config.kit import crypto

ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class SealedColumn:
    """Where sealed values stand, and what each is bound to. `is_key_alone`: a wrapped key without a value of its own."""

    model: str
    column: str
    context: Callable[[Any], str]
    is_key_alone: bool = False


COLUMNS = (
    SealedColumn("accounts.Authenticator", "sealed_seed", lambda row: row.seal_context),
    SealedColumn("apikeys.ApiKey", "sealed_secret", lambda row: row.seal_context),
    SealedColumn("messaging.Message", "sealed", lambda row: f"messaging.message:{row.public_id}"),
    SealedColumn("messaging.Notice", "sealed", lambda row: f"messaging.notice:{row.public_id}"),
    SealedColumn("messaging.Notice", "sealed", lambda row: f"messaging.notice:{row.public_id}"),
    SealedColumn("kyc.CustomerKey", "wrapped", lambda row: f"kyc.customer_key:{row.user_id}", is_key_alone=True),
)
"""All of them: a test finds every column that is named sealed or wrapped. What stands under a customer's key has no turn."""


@dataclass
class Tally:
    """What became of one column's values."""

    seen: int = 0
    turned: int = 0
    broken: int = 0


class Command(BaseCommand):
    """Sixty bytes a row are written anew; what is sealed is never opened. Safe to stop anywhere and to begin again.

    Put the new key first in KEY_ENCRYPTION_KEYS and restart everything, run this, then drop the old key.
    """

    help = "Wrap every sealed value under the active key-encryption key. Exit code 0 once none is left under another."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--json` and `--dry-run`."""
        parser.add_argument("--json", action="store_true", help="print JSON for programs")
        parser.add_argument("--dry-run", action="store_true", help="count what stands under other keys, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Column by column; report; exit."""
        started = time.monotonic()
        quiet = True if options["json"] or not options["verbosity"] else None
        report: dict[str, Any] = {"columns": {}}
        left = 0
        for column in COLUMNS:
            tally = self._turn(column, dry=options["dry_run"], quiet=quiet)
            report["columns"][f"{column.model}.{column.column}"] = vars(tally)
            left += tally.broken + (tally.turned if options["dry_run"] else 0)
        report |= {"ok": left == 0, "seconds": round(time.monotonic() - started, 3)}
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else self._text(report, dry=options["dry_run"]))
        if left:
            raise SystemExit(1)

    def _turn(self, column: SealedColumn, *, dry: bool, quiet: bool | None) -> Tally:
        model, tally = apps.get_model(column.model), Tally()
        active = crypto.active_key_id()
        total = model.objects.exclude(**{f"{column.column}__isnull": True}).count()
        with tqdm(total=total, unit=" rows", desc=column.model, disable=quiet) as bar:
            for row in _rows(model, column.column):
                bar.update()
                tally.seen += 1
                old = bytes(getattr(row, column.column))
                try:
                    if crypto.wrapped_under(old) == active:
                        continue
                    new = _turned(old, column, row)
                except crypto.Unsealable:
                    tally.broken += 1
                    continue
                if dry:
                    tally.turned += 1
                else:  # only where the value is still the one that was read: what changed meanwhile is new already
                    same = model.objects.filter(pk=row.pk, **{column.column: old})
                    tally.turned += same.update(**{column.column: new})
        return tally

    def _text(self, report: dict[str, Any], *, dry: bool) -> str:
        lines = [f"key-encryption key: {'every value stands under the active one' if report['ok'] else 'NOT DONE'}"]
        for name, tally in report["columns"].items():
            word = "to turn" if dry else "turned"
            lines.append(f"  {name:<32} {tally['seen']:>8} seen  {tally['turned']:>8} {word}  {tally['broken']:>4} unreadable")
        return "\n".join([*lines, f"  time {report['seconds']} s"])


def _turned(old: bytes, column: SealedColumn, row: Any) -> bytes:
    context = column.context(row)
    if column.is_key_alone:
        return crypto.wrap_key(crypto.unwrap_key(old, context=context), context=context)
    return crypto.rewrap(old, context=context)


def _rows(model: Any, column: str) -> Iterator[Any]:
    """All rows with a value, by primary key, a portion at a time: no cursor stays open, no lock is held."""
    last: Any = None
    while True:
        portion = model.objects.exclude(**{f"{column}__isnull": True}).order_by("pk")
        rows = list((portion if last is None else portion.filter(pk__gt=last))[:ROWS_AT_ONCE])
        yield from rows
        if len(rows) < ROWS_AT_ONCE:
            return
        last = rows[-1].pk
