"""Emptying the test database between tests in spite of the triggers that forbid it to everybody else."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.test import TransactionTestCase

REFERENCE_COMMANDS: list[tuple[str, ...]] = [
    ("load_countries",),
    ("load_staff_roles",),
    ("load_coins", "--development"),
    ("load_withdrawal_limits",),
]
"""Commands that load what every installation has."""
SNAPSHOT = "reference_snapshot"


def remember_reference() -> None:
    """Copy every table that has rows now into a schema of its own."""
    with connections["default"].cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SNAPSHOT} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SNAPSHOT}")
        for table in _tables(cursor):
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM public."{table}")')
            if cursor.fetchone()[0]:
                cursor.execute(f'CREATE TABLE {SNAPSHOT}."{table}" AS TABLE public."{table}"')


def restore_reference() -> None:
    """Empty every table and put the reference rows back, with triggers and foreign keys asleep."""
    with connections["default"].cursor() as cursor:
        names = [name for name in _tables(cursor) if name != "django_migrations"]
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s", [SNAPSHOT])
        remembered = [row[0] for row in cursor.fetchall() if row[0] != "django_migrations"]
        cursor.execute("SET session_replication_role = replica")
        try:
            cursor.execute("TRUNCATE " + ", ".join(f'public."{name}"' for name in names))
            for name in remembered:
                columns = ", ".join(f'"{column}"' for column in _stored_columns(cursor, name))
                cursor.execute(
                    f'INSERT INTO public."{name}" ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {SNAPSHOT}."{name}"'
                )
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def _tables(cursor: Any) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
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
