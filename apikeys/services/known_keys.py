"""Keys that were read a moment ago, so that a program which asks often costs one look a second.

Reads alone are answered from here; whatever writes looks the key up. What is kept is forgotten after less than a second,
so that a key which was stopped anywhere is refused everywhere within one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection

from accounts.models import User
from apikeys.models import ApiKey
from apikeys.services import prepared

KEYS_MAX = 10_000
"""Keys that one process keeps; when it has so many, it begins anew."""


@dataclass(frozen=True, repr=False)
class Known:
    """A key, its owner and the owner's parent as they were read, and what its signatures are compared with."""

    api_key: ApiKey
    material: bytes


_kept: dict[str, tuple[float, Known]] = {}
_lock = threading.Lock()


def look_up(key: str) -> ApiKey | None:
    """The key of this name with its owner and the owner's parent, as they are now.

    One prepared statement, whose columns are the models': the ORM would write the same anew for each request, which takes
    several times as long as the database does.
    """
    statement, api_key_columns, user_columns, mended = _statement()
    row = prepared.first(statement, (key,))
    if row is None:
        return None
    values = [*row]
    for place, mend in mended:
        values[place] = mend(values[place], None, connection)
    alias, parted = connection.alias, len(api_key_columns)
    found = ApiKey.from_db(alias, api_key_columns, values[:parted])
    owner = User.from_db(alias, user_columns, values[parted:])
    owner.parent = User.objects.get(pk=owner.parent_id) if owner.parent_id is not None else None
    found.user = owner
    return found


@cache
def _statement() -> tuple[str, list[str], list[str], list[tuple[int, Callable[..., Any]]]]:
    """The statement, the columns of each model in it, and what fields make of their values by their place."""
    tables: list[Any] = [ApiKey._meta, User._meta]  # noqa: SLF001  # Django documents it so
    fields = [table.concrete_fields for table in tables]
    columns = [f'{letter}."{field.column}"' for letter, of in zip("ku", fields, strict=True) for field in of]
    keys, users = (table.db_table for table in tables)
    statement = f'SELECT {", ".join(columns)} FROM "{keys}" AS k JOIN "{users}" AS u ON u.id = k.user_id WHERE k.key = %s'  # noqa: S608  # names of our models
    both = [*fields[0], *fields[1]]
    mended = [(place, field.from_db_value) for place, field in enumerate(both) if hasattr(field, "from_db_value")]
    names = [[field.attname for field in of] for of in fields]
    return statement, names[0], names[1], mended


def recall(key: str) -> Known | None:
    """What was read of this key less than the settings' time ago."""
    found = _kept.get(key)
    if found is None or time.monotonic() - found[0] >= settings.API_KEY_CACHE_MILLISECONDS / 1000:
        return None
    return found[1]


def keep(known: Known, *, since: float) -> None:
    """Remember what was read. `since`, of the monotonic clock, is from before the reading began: from then on it is old."""
    if settings.API_KEY_CACHE_MILLISECONDS == 0:
        return
    with _lock:
        if len(_kept) >= KEYS_MAX:
            _kept.clear()
        _kept[known.api_key.key] = (since, known)


def forget(key: str) -> None:
    """Look this key up again, in this process at once."""
    with _lock:
        _kept.pop(key, None)
