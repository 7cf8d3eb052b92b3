"""The blind indexes of this app: keyed hashes in which equal numbers meet, and from which nobody reads them.

There is a column for each of the two keys that may be in use at once (`BLIND_INDEX_KEYS`). Who writes a number writes its
index under every key in use, so that while one key takes the place of another all numbers still meet in a column that both
generations of processes know, and the database refuses twins in either column. `index_rotation` fills and empties columns.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q

from config.kit import crypto

COLUMNS = {"1": "number_index", "2": "second_number_index"}
"""The number of a key → the column of what is indexed under it."""
INDEX_BYTES = 32


@dataclass(frozen=True, repr=False)
class Indexes:
    """One value's index under each key in use; None in the column of a key that is not."""

    number_index: bytes | None
    second_number_index: bytes | None

    @property
    def columns(self) -> dict[str, bytes | None]:
        """Column → index, as a row keeps them."""
        return {name: getattr(self, name) for name in COLUMNS.values()}

    def meeting(self) -> Q:
        """The condition of rows that hold the same value."""
        return meeting([self])

    def meets(self, other: Indexes) -> bool:
        """Whether both are of one value, in a time that tells nothing else."""
        pairs = [(self.columns[name], other.columns[name]) for name in COLUMNS.values()]
        return sum(crypto.equal(mine, theirs) for mine, theirs in pairs if mine and theirs) > 0


def of_id_number(country: str, number: str) -> Indexes:
    """The indexes of a document number in its one spelling: equal for equal numbers of one issuing country."""
    return _under_each("kyc.id_number", country, number)


def of_bank_account(country: str, bank_code: str, number: str) -> Indexes:
    """The indexes of a bank account in its normal form: equal for one account, whoever names it."""
    return _under_each("kyc.bank_account", country, bank_code, number)


def of_nothing() -> Indexes:
    """What stands where a number was taken from its customer: drawn at random, it meets nobody's."""
    return Indexes(**{name: secrets.token_bytes(INDEX_BYTES) if key in _keys() else None for key, name in COLUMNS.items()})


def of_row(row: Any) -> Indexes:
    """The indexes that a row keeps, whichever of this app's indexed tables it is of."""
    kept = {name: getattr(row, name) for name in COLUMNS.values()}
    return Indexes(**{name: bytes(value) if value is not None else None for name, value in kept.items()})


def meeting(values: Iterable[Indexes]) -> Q:
    """The condition of rows that hold one of the values; no row's, where there is none."""
    found = Q(pk__in=[])
    wanted = list(values)
    for name in columns_in_use():
        indexes = {value for one in wanted if (value := one.columns[name]) is not None}
        if indexes:
            found |= Q(**{f"{name}__in": indexes})
    return found


def columns_in_use() -> list[str]:
    """The columns of the keys in use, in the order of the keys."""
    return [COLUMNS[key] for key in sorted(_keys())]


def _under_each(purpose: str, *parts: str) -> Indexes:
    keys = _keys()
    return Indexes(
        **{name: crypto.keyed_hash(purpose, *parts, key=keys[key]) if key in keys else None for key, name in COLUMNS.items()}
    )


def _keys() -> dict[str, bytes]:
    return settings.BLIND_INDEX_KEYS
