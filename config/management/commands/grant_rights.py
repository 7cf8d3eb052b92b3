"""`manage.py grant_rights --role NAME`: what the application's role may do, and may not."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from config.kit.commands import ConsoleCommand

GUARDED = """
    SELECT c.oid::regclass::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_trigger t ON t.tgrelid = c.oid
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT t.tgisinternal
      AND t.tgqual IS NULL AND t.tgattr = ''::int2vector AND t.tgtype & 2 = 2 AND t.tgname LIKE %s
    GROUP BY c.oid HAVING bit_or(t.tgtype::int) & %s = %s
    ORDER BY 1
"""
"""Tables on which unconditional BEFORE triggers of such names stand against all these events."""
BORROWING = """
    SELECT p.oid::regprocedure::text
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.prosecdef AND pg_has_role(p.proowner, 'USAGE')
    ORDER BY 1
"""
"""Functions of ours that run with their owner's rights."""
INSERT, DELETE, UPDATE = 4, 8, 16
"""Bits of pg_trigger.tgtype."""


def append_only_tables() -> list[str]:
    """The tables whose rows nobody may change: a trigger called `…_append_only` guards them against UPDATE and DELETE."""
    return _guarded("%\\_append\\_only", UPDATE | DELETE)


def function_only_tables() -> list[str]:
    """The tables that posting functions alone write: these run with their owner's rights, so the role may only read."""
    return _guarded("%\\_function\\_only", INSERT)


def _guarded(name: str, events: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(GUARDED, [name, events, events])
        return [row[0] for row in cursor.fetchall()]


def give_timeouts(cursor: CursorWrapper, role: str) -> None:
    """The limits of locks and statements as settings of the role: PgBouncer does not pass on those of a connection."""
    cursor.execute(f"ALTER ROLE {role} SET lock_timeout = {int(settings.DATABASE_LOCK_TIMEOUT_MS)}")
    cursor.execute(f"ALTER ROLE {role} SET statement_timeout = {int(settings.DATABASE_STATEMENT_TIMEOUT_MS)}")


class Command(ConsoleCommand):
    """Run by the owner of the tables after `migrate`."""

    help = "Give --role what the application needs: read and write, but no UPDATE or DELETE on append-only tables, no TRUNCATE."
    example = "grant_rights --role quaestor"

    def add_arguments(self, parser: CommandParser) -> None:
        """The role."""
        parser.add_argument("--role", required=True, help="name of the application's role, which must exist")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for a role that does not exist."""
        role: str = options["role"]
        guarded, closed = append_only_tables(), function_only_tables()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role) or cursor.fetchone() is None:
                raise CommandError(f"there is no role {role!r}")
            cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
            cursor.execute(BORROWING)
            for (function,) in cursor.fetchall():
                cursor.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
            cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
            cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
            cursor.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}")
            for table in guarded:
                cursor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {role}")
            for table in closed:
                cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role}")
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
            if settings.DATABASE_BEHIND_PGBOUNCER:
                give_timeouts(cursor, role)
        if options["verbosity"]:
            self.stdout.write(f"{role} may not change rows of: {', '.join(guarded) or 'no table'}")
            self.stdout.write(f"{role} may only read: {', '.join(closed) or 'no table'}")
