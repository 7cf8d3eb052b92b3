"""Statements of every signed request: prepared once for a connection, where the ORM would write them anew each time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection


def first(statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """The first row, on Django's connection and in its transaction where there is one. Behind PgBouncer nothing is prepared.

    Raises what the ORM raises where the database does not answer.
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    prepare = connection.settings_dict["OPTIONS"].get("prepare_threshold") is not None
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement, values, prepare=prepare).fetchone()
