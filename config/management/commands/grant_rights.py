"""`manage.py grant_rights --role NAME`: what the application's role may do, and may not."""

from __future__ import annotations

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

APPEND_ONLY = """
    SELECT c.oid::regclass::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_trigger t ON t.tgrelid = c.oid
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
      AND NOT t.tgisinternal AND t.tgqual IS NULL AND t.tgattr = ''::int2vector AND t.tgtype & 2 = 2
    GROUP BY c.oid HAVING bit_or(t.tgtype::int) & 24 = 24
    ORDER BY 1
"""
"""Tables on which unconditional BEFORE triggers stand against both UPDATE (16) and DELETE (8): each is append-only."""


def append_only_tables() -> list[str]:
    """The tables whose rows nobody may change, recognised by the triggers that guard them."""
    with connection.cursor() as cursor:
        cursor.execute(APPEND_ONLY)
        return [row[0] for row in cursor.fetchall()]


class Command(BaseCommand):
    """Run by the owner of the tables after `migrate`."""

    help = "Give --role what the application needs: read and write, but no UPDATE or DELETE on append-only tables, no TRUNCATE."

    def add_arguments(self, parser: CommandParser) -> None:
        """The role."""
        parser.add_argument("--role", required=True, help="name of the application's role, which must exist")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for a role that does not exist."""
        role: str = options["role"]
        guarded = append_only_tables()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role) or cursor.fetchone() is None:
                raise CommandError(f"there is no role {role!r}")
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
            cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
            cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
            cursor.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}")
            for table in guarded:
                cursor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {role}")
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
        if options["verbosity"]:
            self.stdout.write(f"{role} may not change rows of {', '.join(guarded) or 'no table'}")
