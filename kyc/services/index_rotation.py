"""The exchange of the blind indexes' key, while everything runs: fills the column of a new key, empties that of an old one.

A row is changed only where it is as it was read: what a customer writes meanwhile is indexed under every key already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError
from django.db.models import Q

from config.kit.crypto import Unsealable
from kyc.models import BankAccount, Identity, NamedNumber
from kyc.services import bank_accounts, bank_details, blind_indexes, named_numbers
from kyc.services.blind_indexes import Indexes

ROWS_AT_ONCE = 500
SAMPLE_ROWS = 20


@dataclass(frozen=True)
class Indexed:
    """A table with blind indexes, and how a row's are found anew. Raises crypto.Unsealable."""

    model: Any
    indexes: Callable[[Any], Indexes]


@dataclass
class Tally:
    """What became of one table's rows. `refused`: another customer's row has the same index already."""

    seen: int = 0
    turned: int = 0
    unreadable: int = 0
    refused: int = 0

    @property
    def left(self) -> int:
        """Rows that still are not indexed as the keys in use ask."""
        return self.unreadable + self.refused


class ColumnOfAnotherKey(Exception):
    """The column of this key is filled under another one: it must be emptied before it is used anew."""


def _of_identity(row: Identity) -> Indexes:
    if row.released_at is None:
        return named_numbers.held(row).indexes
    kept, drawn = blind_indexes.of_row(row).columns, blind_indexes.of_nothing().columns
    return Indexes(**{name: value and (kept[name] or value) for name, value in drawn.items()})


TABLES = (
    Indexed(Identity, _of_identity),
    Indexed(NamedNumber, lambda row: named_numbers.named(row).indexes),
    Indexed(BankAccount, lambda row: bank_details.indexes(bank_accounts.details_of(row))),
)
"""All of them: a test finds every column that is named an index."""


def due(table: Indexed) -> int:
    """How many rows are not indexed under just the keys in use."""
    return int(table.model.objects.filter(_is_due()).count())


def require_own_columns() -> None:
    """Promise that what stands in the columns in use is of their keys, as far as a few rows tell.

    Raises ColumnOfAnotherKey.
    """
    for table in TABLES:
        for name in blind_indexes.columns_in_use():
            for row in table.model.objects.filter(**{f"{name}__isnull": False}).order_by("-pk")[:SAMPLE_ROWS]:
                if getattr(row, "released_at", None) is None and _differs(table, row, name):
                    raise ColumnOfAnotherKey(f"{table.model._meta.label}.{name}")  # noqa: SLF001  # Django's documented way


def turn(table: Indexed, *, dry: bool) -> Iterator[Tally]:
    """Index each row that is due under just the keys in use; yields the tally after each row. Safe to stop and begin again."""
    tally, last = Tally(), None
    while True:
        portion = table.model.objects.filter(_is_due()).order_by("pk")
        rows = list((portion if last is None else portion.filter(pk__gt=last))[:ROWS_AT_ONCE])
        for row in rows:
            tally.seen += 1
            _turn(table, row, tally, dry=dry)
            yield tally
        if len(rows) < ROWS_AT_ONCE:
            return
        last = rows[-1].pk


def _turn(table: Indexed, row: Any, tally: Tally, *, dry: bool) -> None:
    try:
        found = table.indexes(row)
    except Unsealable:
        tally.unreadable += 1
        return
    if dry:
        tally.turned += 1
        return
    same = {"pk": row.pk, "sealed": row.sealed}
    if isinstance(row, Identity):
        same["released_at"] = row.released_at  # a number released meanwhile is not indexed again
    try:
        tally.turned += table.model.objects.filter(**same).update(**found.columns)
    except IntegrityError:
        tally.refused += 1


def _differs(table: Indexed, row: Any, name: str) -> bool:
    try:
        return table.indexes(row).columns[name] != blind_indexes.of_row(row).columns[name]
    except Unsealable:
        return False


def _is_due() -> Q:
    used = blind_indexes.columns_in_use()
    found = Q()
    for name in blind_indexes.COLUMNS.values():
        found |= Q(**{f"{name}__isnull": name in used})
    return found
