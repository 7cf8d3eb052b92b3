"""The exchange of the blind indexes' key, while everything runs: fills the column of a new key, empties that of an old one.

A row is changed only where it is as it was read: what a customer writes meanwhile is indexed under every key already.
Messages and recoveries keep no address: they are indexed anew by their sealed tag.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from accounts.models import PasswordRecovery
from accounts.services import recovery_rows
from config.kit.crypto import Unsealable
from kyc.models import BankAccount, Identity, NamedNumber
from kyc.services import bank_accounts, bank_details, blind_indexes, named_numbers, vault
from kyc.services.blind_indexes import Indexes
from messaging.models import Message
from messaging.services import destination_indexes

Columns = dict[str, Any]
Turned = tuple[Any, Columns]
ROWS_AT_ONCE = 500
SAMPLE_ROWS = 20


@dataclass(frozen=True)
class Indexed:
    """A table with blind indexes, and how a row's columns are found anew. Raises crypto.Unsealable.

    `due` is the condition of rows that are not indexed under just the keys in use, `unchanged` that of one that still is as
    it was read, `told` that of rows that tell of which key they are; `in_use` names the columns of the keys in use.
    """

    model: Any
    columns: Callable[[Any], Columns]
    due: Callable[[], Q]
    unchanged: Callable[[Any], Columns]
    in_use: Callable[[], list[str]] = blind_indexes.columns_in_use
    told: Q = Q()  # noqa: RUF009  # it is never changed
    is_sealed: bool = True


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


def _due_number() -> Q:
    used = blind_indexes.columns_in_use()
    found = Q()
    for name in blind_indexes.COLUMNS.values():
        found |= Q(**{f"{name}__isnull": name in used})
    return found


def _same_number(row: Any) -> Columns:
    """A number released meanwhile is not indexed again."""
    released = {"released_at": row.released_at} if isinstance(row, Identity) else {}
    return {row._meta.pk.attname: row.pk, "sealed": row.sealed, **released}  # noqa: SLF001  # Django's documented way


def _numbers(model: Any, indexes: Callable[[Any], Indexes]) -> Indexed:
    return Indexed(model, lambda row: indexes(row).columns, due=_due_number, unchanged=_same_number)


def _destinations(model: Any, purpose: str) -> Indexed:
    def columns(row: Any) -> Columns:
        own = destination_indexes.tag_of(row)
        if row.sealed_destination_tag is None:
            return destination_indexes.columns(row, own, purpose=purpose)
        return {**destination_indexes.indexes(own, purpose=purpose), "sealed_destination_tag": row.sealed_destination_tag}

    return Indexed(
        model,
        columns,
        due=destination_indexes.is_due,
        unchanged=destination_indexes.unchanged,
        in_use=destination_indexes.columns_in_use,
        told=Q(sealed_destination_tag__isnull=False),
        is_sealed=False,
    )


TABLES = (
    _numbers(Identity, _of_identity),
    _numbers(NamedNumber, lambda row: named_numbers.named(row).indexes),
    _numbers(BankAccount, lambda row: bank_details.indexes(bank_accounts.details_of(row))),
    _destinations(Message, destination_indexes.MESSAGES),
    _destinations(PasswordRecovery, recovery_rows.PURPOSE),
)
"""All of them: a test finds every column that is named an index."""


def due(table: Indexed) -> int:
    """How many rows are not indexed under just the keys in use."""
    return int(table.model.objects.filter(table.due()).count())


def require_own_columns() -> None:
    """Promise that what stands in the columns in use is of their keys, as far as a few rows tell.

    Raises ColumnOfAnotherKey.
    """
    for table in TABLES:
        for name in table.in_use():
            for row in table.model.objects.filter(table.told, **{f"{name}__isnull": False}).order_by("-pk")[:SAMPLE_ROWS]:
                if getattr(row, "released_at", None) is None and _differs(table, row, name):
                    raise ColumnOfAnotherKey(f"{table.model._meta.label}.{name}")  # noqa: SLF001  # Django's documented way


def turn(table: Indexed, *, dry: bool) -> Iterator[Tally]:
    """Index each row that is due under just the keys in use; yields the tally after each portion.

    Safe to stop and begin again.
    """
    tally, last = Tally(), None
    while True:
        portion = table.model.objects.filter(table.due()).order_by("pk")
        rows = list((portion if last is None else portion.filter(pk__gt=last))[:ROWS_AT_ONCE])
        tally.seen += len(rows)
        found = _found(table, rows)
        tally.unreadable += len(rows) - len(found)
        if dry:
            tally.turned += len(found)
        elif found:
            _write(table, found, tally)
        yield tally
        if len(rows) < ROWS_AT_ONCE:
            return
        last = rows[-1].pk


def _found(table: Indexed, rows: list[Any]) -> list[Turned]:
    """The rows that can be read, each with its columns anew."""
    found = []
    with vault.keys_at_hand({row.user_id for row in rows} if table.is_sealed else set()):
        for row in rows:
            with suppress(Unsealable):
                found.append((row, table.columns(row)))
    return found


def _write(table: Indexed, found: list[Turned], tally: Tally) -> None:
    """All of them in one statement; where one of them is refused, each by itself."""
    try:
        with transaction.atomic():
            tally.turned += _written(table, found)
    except IntegrityError:
        for one in found:
            try:
                with transaction.atomic():
                    tally.turned += _written(table, [one])
            except IntegrityError:
                tally.refused += 1


def _written(table: Indexed, found: list[Turned]) -> int:
    """How many rows still were as they were read, and are changed."""
    fields = {field.attname: field for field in table.model._meta.concrete_fields}  # noqa: SLF001  # Django's documented way
    same = [table.unchanged(row) for row, _ in found]
    arrays = {f"new_{name}": [columns[name] for _, columns in found] for name in found[0][1]}
    arrays |= {f"old_{name}": [one[name] for one in same] for name in same[0]}
    kinds = [fields[name.partition("_")[2]].rel_db_type(connection) for name in arrays]
    quoted = connection.ops.quote_name
    sets = ", ".join(f"{quoted(name)} = given.{quoted(f'new_{name}')}" for name in found[0][1])
    key = table.model._meta.pk.attname  # noqa: SLF001  # as above
    holds = " AND ".join(
        f"row.{quoted(name)} {'=' if name == key else 'IS NOT DISTINCT FROM'} given.{quoted(f'old_{name}')}" for name in same[0]
    )  # only by an equality is a row found through an index
    given = ", ".join(f"%s::{kind}[]" for kind in kinds)
    names = ", ".join(quoted(name) for name in arrays)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quoted(table.model._meta.db_table)} AS row SET {sets}"  # noqa: S608, SLF001  # our own names; as above
            f" FROM unnest({given}) AS given({names}) WHERE {holds}",
            [[bytes(value) if isinstance(value, memoryview) else value for value in values] for values in arrays.values()],
        )
        return int(cursor.rowcount)


def _differs(table: Indexed, row: Any, name: str) -> bool:
    try:
        return bool(table.columns(row)[name] != bytes(getattr(row, name)))
    except Unsealable:
        return False
