"""A shared cache on PostgreSQL whose `add` and `incr` are atomic, so that rates hold across processes without Redis."""

from __future__ import annotations

import base64
import pickle
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router


class PostgresCache(DatabaseCache):
    """Django's database cache with counting done by the database in one statement each."""

    _table: str

    def _cursor(self) -> Any:
        return connections[router.db_for_write(self.cache_model_class)].cursor()

    def _expiry(self, timeout: float | None) -> datetime:
        at = self.get_backend_timeout(timeout)
        return datetime.max.replace(tzinfo=UTC) if at is None else datetime.fromtimestamp(at, tz=UTC)

    def _text(self, value: Any) -> str:
        # Whole numbers are stored as digits, so that SQL can add to them; all else as Django stores it.
        if isinstance(value, int) and not isinstance(value, bool):
            return f"#{value}"
        return base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode("latin1")

    def _value(self, text: str) -> Any:
        if text.startswith("#"):
            return int(text[1:])
        return pickle.loads(base64.b64decode(text.encode()))  # noqa: S301  # written by us alone

    pickle_protocol = 5

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        """The values of the keys that are there and have not expired."""
        made = {self.make_and_validate_key(key, version=version): key for key in keys}
        if not made:
            return {}
        with self._cursor() as cursor:
            cursor.execute(
                f'SELECT cache_key, value FROM "{self._table}" '  # noqa: S608  # the table's name is a setting
                "WHERE cache_key = ANY(%s) AND expires > clock_timestamp()",
                [list(made)],
            )
            return {made[key]: self._value(text) for key, text in cursor.fetchall()}

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Store the value."""
        made = self.make_and_validate_key(key, version=version)
        with self._cursor() as cursor:
            cursor.execute(
                f'INSERT INTO "{self._table}" (cache_key, value, expires) VALUES (%s, %s, %s) '  # noqa: S608  # the name is a setting
                "ON CONFLICT (cache_key) DO UPDATE SET value = EXCLUDED.value, expires = EXCLUDED.expires",
                [made, self._text(value), self._expiry(timeout)],
            )

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Store the value unless a live one is there; whether it was stored."""
        made = self.make_and_validate_key(key, version=version)
        with self._cursor() as cursor:
            cursor.execute(
                f'INSERT INTO "{self._table}" AS c (cache_key, value, expires) VALUES (%s, %s, %s) '  # noqa: S608  # the name is a setting
                "ON CONFLICT (cache_key) DO UPDATE SET value = EXCLUDED.value, expires = EXCLUDED.expires "
                "WHERE c.expires <= clock_timestamp() RETURNING 1",
                [made, self._text(value), self._expiry(timeout)],
            )
            return cursor.fetchone() is not None

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Add to a whole number in one statement and answer the sum. Raises ValueError where there is none."""
        made = self.make_and_validate_key(key, version=version)
        with self._cursor() as cursor:
            cursor.execute(
                f"UPDATE \"{self._table}\" SET value = '#' || (substr(value, 2)::bigint + %s) "  # noqa: S608  # the name is a setting
                "WHERE cache_key = %s AND expires > clock_timestamp() AND left(value, 1) = '#' "
                "RETURNING substr(value, 2)::bigint",
                [delta, made],
            )
            row = cursor.fetchone()
        if row is None:
            raise ValueError(f"Key '{key}' not found")
        return int(row[0])
