"""Housekeeping: rows that have no use any more go, a thousand at a time, so that no lock is long."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from config.kit.clock import now
from messaging.services import captchas

ROWS_AT_ONCE = 1000
CODE_DAYS = 2
"""Days after which a spent or expired code's row has no use: longer than any window of the limits."""


def purge() -> int:
    """Delete spent codes and captchas, idle limits and old evidence. Says how many rows went."""
    moment = now()
    return (
        _delete("messaging_code", "expires_at < %s", moment - timedelta(days=CODE_DAYS))
        + _delete(
            "messaging_allowance",
            "coalesce(moments[cardinality(moments)], '-infinity') < %s",
            moment - timedelta(days=CODE_DAYS),
        )
        + _delete("messaging_budget", "hour < %s", moment - timedelta(days=CODE_DAYS))
        + _delete(
            "messaging_message",
            "ended_at IS NOT NULL AND created_at < %s",
            moment - timedelta(days=settings.MESSAGING_EVIDENCE_DAYS),
        )
        + captchas.purge()
    )


def _delete(table: str, condition: str, before: datetime) -> int:
    deleted = 0
    with connection.cursor() as cursor:
        while True:
            portion = f"SELECT ctid FROM {table} WHERE {condition} LIMIT {ROWS_AT_ONCE} FOR UPDATE SKIP LOCKED"  # noqa: S608  # ours, above
            cursor.execute(f"DELETE FROM {table} WHERE ctid = ANY (ARRAY({portion}))", [before])  # noqa: S608  # ours, above
            rows = int(cursor.rowcount)
            deleted += rows
            if rows < ROWS_AT_ONCE:
                return deleted
