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
    """Delete spent codes and captchas, idle limits, old evidence, old notices and alarms. Says how many rows went."""
    moment = now()
    return (
        _delete("messaging_code", "expires_at < %s", moment - timedelta(days=CODE_DAYS))
        + _delete(
            "messaging_allowance",
            "coalesce(moments[cardinality(moments)], '-infinity') < %s",
            moment - timedelta(days=CODE_DAYS),
        )
        + _delete("messaging_budget", "hour < %s", moment - timedelta(days=CODE_DAYS))
        + _delete_messages(moment - timedelta(days=settings.MESSAGING_EVIDENCE_DAYS))
        + _delete("messaging_webhook", "ended_at < %s", moment - timedelta(days=settings.MESSAGING_EVIDENCE_DAYS))
        + _delete("messaging_notice", "created_at < %s", moment - timedelta(days=settings.MESSAGING_INBOX_DAYS))
        + _delete("messaging_budgetalarm", "raised_at < %s", moment - timedelta(days=settings.MESSAGING_EVIDENCE_DAYS))
        + captchas.purge()
    )


def _delete_messages(before: datetime) -> int:
    """Messages go with the evidence of their tries, in one statement: neither stays behind alone."""
    deleted = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "WITH old AS (SELECT id FROM messaging_message WHERE ended_at IS NOT NULL AND created_at < %s LIMIT %s"
                " FOR UPDATE SKIP LOCKED), tries AS (DELETE FROM messaging_messagetry USING old WHERE message_id = old.id)"
                " DELETE FROM messaging_message AS message USING old WHERE message.id = old.id",
                [before, ROWS_AT_ONCE],
            )
            rows = int(cursor.rowcount)
            deleted += rows
            if rows < ROWS_AT_ONCE:
                return deleted


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
