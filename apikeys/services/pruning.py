"""Forgetting what can no longer matter."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from config.kit.clock import now

NONCES_KEPT = 4 * timedelta(seconds=settings.API_KEY_CLOCK_WINDOW_SECONDS_MAX)
"""Nonces outlive twice the widest window that there may be, whatever it is now: one that is widened brings no request back,
and neither does a clock that is set back a little."""
REFUSALS_KEPT = timedelta(days=30)
ROWS_PER_STATEMENT = 10_000


def prune() -> int:
    """Delete nonces that no timestamp could bring back and refusals that nobody asks for any more; how many rows."""
    nonces = _delete("apikeys_nonce", "used_at", now() - NONCES_KEPT)
    return nonces + _delete("apikeys_refusedrequest", "at", now() - REFUSALS_KEPT)


def _delete(table: str, column: str, before: datetime) -> int:
    """In short statements, so that none holds its locks for long."""
    statement = f'DELETE FROM "{table}" WHERE ctid = ANY (ARRAY(SELECT ctid FROM "{table}" WHERE "{column}" < %s LIMIT %s))'  # noqa: S608  # names from this module only
    total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [before, ROWS_PER_STATEMENT])
            deleted = int(cursor.rowcount)
        total += deleted
        if deleted < ROWS_PER_STATEMENT:
            return total
