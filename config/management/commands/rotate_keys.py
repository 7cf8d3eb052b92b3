"""`manage.py rotate_keys [--json] [--dry-run]`: wrap every sealed value under the active key-encryption key, online."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.management.base import CommandParser
from django.db.models import BinaryField, F, TextField, Value
from django.db.models.functions import Cast
from tqdm import tqdm

from config.kit import crypto, sealed_text
from config.kit.commands import ConsoleCommand

ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class SealedColumn:
    """Where sealed values stand, and what each is bound to. `is_key_alone`: a wrapped key without a value of its own.

    `is_text`: a column of `config.kit.sealed_text`, where what stands in clear since before is sealed now.
    """

    model: str
    column: str
    context: Callable[[Any], str]
    is_key_alone: bool = False
    is_text: bool = False


COLUMNS = (
    SealedColumn("accounts.Authenticator", "sealed_seed", lambda row: row.seal_context),
    SealedColumn("accounts.Visit", "sealed_key", lambda row: row.seal_context),
    SealedColumn("accounts.PasswordRecovery", "sealed_destination_tag", lambda row: row.tag_context),
    SealedColumn("apikeys.ApiKey", "sealed_secret", lambda row: row.seal_context),
    SealedColumn("messaging.Message", "sealed", lambda row: f"messaging.message:{row.public_id}"),
    SealedColumn("messaging.Message", "sealed_destination_tag", lambda row: row.tag_context),
    SealedColumn("messaging.Notice", "sealed", lambda row: f"messaging.notice:{row.public_id}"),
    SealedColumn("kyc.CustomerKey", "wrapped", lambda row: f"kyc.customer_key:{row.user_id}", is_key_alone=True),
    SealedColumn("accounts.User", "anti_phishing_phrase", lambda _: "accounts.user.anti_phishing_phrase", is_text=True),
    SealedColumn("accounts.KeyedRequest", "answer", lambda _: "accounts.keyedrequest.answer", is_text=True),
    SealedColumn("accounts.RecoveryCase", "statement", lambda _: "accounts.recoverycase.statement", is_text=True),
)
"""All of them: a test finds every column that is named sealed or wrapped. What stands under a customer's key has no turn."""


@dataclass
class Tally:
    """What became of one column's values."""

    seen: int = 0
    turned: int = 0
    broken: int = 0


class Command(ConsoleCommand):
    """Sixty bytes a row are written anew; what is sealed is never opened. Safe to stop anywhere and to begin again.

    Put the new key first in KEY_ENCRYPTION_KEYS and restart everything, run this, then drop the old key.
    """

    help = "Wrap every sealed value under the active key-encryption key. Exit code 0 once none is left under another."
    example = "rotate_keys --dry-run"

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
        with tqdm(total=_stored(model, column).count(), unit=" rows", desc=column.model, disable=quiet) as bar:
            for row in _rows(model, column):
                bar.update()
                tally.seen += 1
                try:
                    new = _turned(row.stored, column, row, active)
                except crypto.Unsealable:
                    tally.broken += 1
                    continue
                if new is None:
                    continue
                if dry:
                    tally.turned += 1
                else:  # only where the value is still the one that was read: what changed meanwhile is new already
                    same = _stored(model, column).filter(pk=row.pk, stored=row.stored)
                    tally.turned += same.update(**{column.column: Value(new, output_field=_raw(column))})
        return tally

    def _text(self, report: dict[str, Any], *, dry: bool) -> str:
        lines = [f"key-encryption key: {'every value stands under the active one' if report['ok'] else 'NOT DONE'}"]
        for name, tally in report["columns"].items():
            word = "to turn" if dry else "turned"
            lines.append(f"  {name:<32} {tally['seen']:>8} seen  {tally['turned']:>8} {word}  {tally['broken']:>4} unreadable")
        return "\n".join([*lines, f"  time {report['seconds']} s"])


def _turned(old: bytes | str, column: SealedColumn, row: Any, active: str) -> bytes | str | None:
    """The value under the active key; None where it stands under it already."""
    context = column.context(row)
    if isinstance(old, str):
        if not old.startswith(sealed_text.PREFIX):
            return sealed_text.seal_text(old, context=context)
        inner = _turned_bytes(sealed_text.sealed_bytes(old), column, context, active)
        return None if inner is None else sealed_text.stored_text(inner)
    return _turned_bytes(bytes(old), column, context, active)


def _turned_bytes(old: bytes, column: SealedColumn, context: str, active: str) -> bytes | None:
    if crypto.wrapped_under(old) == active:
        return None
    if column.is_key_alone:
        return crypto.wrap_key(crypto.unwrap_key(old, context=context), context=context)
    return crypto.rewrap(old, context=context)


def _raw(column: SealedColumn) -> Any:
    return TextField() if column.is_text else BinaryField()


def _stored(model: Any, column: SealedColumn) -> Any:
    """The rows with a value, as it stands in the database."""
    stored = model.objects.annotate(stored=Cast(F(column.column), output_field=_raw(column))).exclude(stored__isnull=True)
    return stored.exclude(stored="") if column.is_text else stored


def _rows(model: Any, column: SealedColumn) -> Iterator[Any]:
    """All rows with a value, by primary key, a portion at a time: no cursor stays open, no lock is held."""
    last: Any = None
    while True:
        portion = _stored(model, column).order_by("pk")
        rows = list((portion if last is None else portion.filter(pk__gt=last))[:ROWS_AT_ONCE])
        yield from rows
        if len(rows) < ROWS_AT_ONCE:
            return
        last = rows[-1].pk
