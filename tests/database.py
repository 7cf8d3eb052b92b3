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
    ("load_payment_limits",),
    ("load_conversion_terms", "--development"),
    ("load_transfer_limits",),
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
    """Empty every table and put the reference rows back, with our triggers asleep: the tables' owner may, nobody else."""
    with connections["default"].cursor() as cursor:
        names = [name for name in _tables(cursor) if name != "django_migrations"]
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s", [SNAPSHOT])
        remembered = [row[0] for row in cursor.fetchall() if row[0] != "django_migrations"]
        with triggers_asleep():
            cursor.execute("TRUNCATE " + ", ".join(f'public."{name}"' for name in names))
            for name in remembered:
                columns = ", ".join(f'"{column}"' for column in _stored_columns(cursor, name))
                cursor.execute(
                    f'INSERT INTO public."{name}" ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {SNAPSHOT}."{name}"'
                )


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
