"""Emptying the test database between tests in spite of the triggers that forbid it to everybody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction
from django.test import TransactionTestCase

REFERENCE_COMMANDS: list[tuple[str, ...]] = [
    ("load_countries",),
    ("load_staff_roles",),
    ("load_vip_tiers",),
    ("load_coins", "--development"),
    ("load_withdrawal_limits",),
    ("load_travel_rule", "--development"),
    ("load_payment_limits",),
    ("load_funds_transfer_limits",),
    ("load_conversion_terms", "--development"),
    ("load_transfer_limits",),
]
"""Commands that load what every installation has."""
SNAPSHOT = "reference_snapshot"
ROWS_DELETED_MAX = 5_000
_fingerprints: dict[str, tuple[Any, ...]] = {}
"""What the reference rows of each table look like, by table."""


def remember_reference() -> None:
    """Copy every table that has rows now into a schema of its own."""
    with connections["default"].cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SNAPSHOT} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SNAPSHOT}")
        for table in _tables(cursor):
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM public."{table}")')
            if cursor.fetchone()[0]:
                cursor.execute(f'CREATE TABLE {SNAPSHOT}."{table}" AS TABLE public."{table}"')
                if table != "django_migrations":
                    _fingerprints[table] = _fingerprint(cursor, table)


@contextmanager
def triggers_asleep() -> Iterator[None]:
    """Our own triggers do nothing within: what the owner of the tables could do, and nobody else."""
    with transaction.atomic(), connections["default"].cursor() as cursor:
        guarded = _guarded_tables(cursor)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still due can't be altered
        for name in guarded:
            cursor.execute(f'ALTER TABLE public."{name}" DISABLE TRIGGER USER')
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in guarded:
            cursor.execute(f'ALTER TABLE public."{name}" ENABLE TRIGGER USER')
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # the transaction around may post on


def restore_reference() -> None:
    """Empty every table and put the reference rows back, with all triggers asleep: the tables' owner may, nobody else.

    Where the server lets us skip triggers, only the tables that a test touched are looked at further: most tests touch few.
    """
    with connections["default"].cursor() as cursor:
        touched = _touched(cursor) if _may_skip_triggers(cursor) else None
        if touched is None:
            _restore_all(cursor)
            return
        with transaction.atomic():
            cursor.execute("SET LOCAL session_replication_role = replica")
            for name in touched:
                cursor.execute(f'DELETE FROM public."{name}"')
            _put_back(cursor, [name for name in touched if name in _fingerprints])


def _restore_all(cursor: Any) -> None:
    names = [name for name in _tables(cursor) if name != "django_migrations"]
    with triggers_asleep():
        cursor.execute("TRUNCATE " + ", ".join(f'public."{name}"' for name in names))
        _put_back(cursor, list(_fingerprints))


def _put_back(cursor: Any, names: list[str]) -> None:
    for name in names:
        columns = ", ".join(f'"{column}"' for column in _stored_columns(cursor, name))
        cursor.execute(
            f'INSERT INTO public."{name}" ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {SNAPSHOT}."{name}"'
        )


def _may_skip_triggers(cursor: Any) -> bool:
    cursor.execute("SELECT has_parameter_privilege(current_user, 'session_replication_role', 'SET')")
    return bool(cursor.fetchone()[0])


def _touched(cursor: Any) -> list[str] | None:
    """The tables whose rows are not the reference's; None where there is so much in one that truncation is the faster way."""
    others = [name for name in _tables(cursor) if name not in _fingerprints and name != "django_migrations"]
    cursor.execute(
        " UNION ALL ".join(
            f"SELECT '{name}', (SELECT count(*) FROM (SELECT 1 FROM public.\"{name}\" LIMIT {ROWS_DELETED_MAX + 1}) AS seen)"
            for name in others
        )
    )
    rows = {name: count for name, count in cursor.fetchall() if count}
    if max(rows.values(), default=0) > ROWS_DELETED_MAX:
        return None
    return [*rows, *(name for name, known in _fingerprints.items() if _fingerprint(cursor, name) != known)]


def _fingerprint(cursor: Any, name: str) -> tuple[Any, ...]:
    cursor.execute(f'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM public."{name}" AS t')
    return tuple(cursor.fetchone())


def _tables(cursor: Any) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return [row[0] for row in cursor.fetchall()]


def _guarded_tables(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    return [row[0] for row in cursor.fetchall()]


def _stored_columns(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
        "AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [f'public."{table}"'],
    )
    return [row[0] for row in cursor.fetchall()]


def install_truncation() -> None:
    """Let Django's own flush between transactional tests go through `restore_reference`."""

    def teardown(self: TransactionTestCase) -> None:
        for connection in connections.all(initialized_only=True):
            if connection.in_atomic_block:
                connection.set_rollback(True)
        restore_reference()

    setattr(TransactionTestCase, "_fixture_teardown", teardown)  # noqa: B010  # the one seam there is, and not in the stubs
