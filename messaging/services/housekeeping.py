"""Housekeeping: rows that have no use any more go, a thousand at a time, so that no lock is long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from config.kit.clock import now
from messaging.services import captchas, erasure

if TYPE_CHECKING:
    from django.db.models import QuerySet

ROWS_AT_ONCE = 1000
CODE_DAYS = 2
"""Days after which a spent or expired code's row has no use: longer than any window of the limits."""


def purge(*, held: QuerySet[Any]) -> int:
    """Delete spent codes and captchas, idle limits, old evidence, old notices and alarms. Says how many rows went.

    Messages and notices of the users `held` stay, and what was sent to where they are reached. Who is held is asked anew
    with each portion.
    """
    moment = now()
    users, values = held.values("pk").query.sql_with_params()
    return (
        _delete("messaging_code", "expires_at < %s", moment - timedelta(days=CODE_DAYS))
        + _delete(
            "messaging_allowance",
            "coalesce(moments[cardinality(moments)], '-infinity') < %s",
            moment - timedelta(days=CODE_DAYS),
        )
        + _delete("messaging_budget", "hour < %s", moment - timedelta(days=CODE_DAYS))
        + _delete_messages(moment - timedelta(days=settings.MESSAGING_EVIDENCE_DAYS), held)
        + _delete("messaging_webhook", "ended_at < %s", moment - timedelta(days=settings.MESSAGING_EVIDENCE_DAYS))
        + _delete(
            "messaging_notice",
            f"created_at < %s AND user_id NOT IN ({users})",  # a subquery of ours, its values beside it
            moment - timedelta(days=settings.MESSAGING_INBOX_DAYS),
            *values,
        )
        + _delete("messaging_budgetalarm", "raised_at < %s", moment - timedelta(days=settings.MESSAGING_EVIDENCE_DAYS))
        + captchas.purge()
    )


def _delete_messages(before: datetime, held: QuerySet[Any]) -> int:
    """Messages go with the evidence of their tries, in one statement: neither stays behind alone."""
    users, values = held.values("pk").query.sql_with_params()
    deleted = 0
    with connection.cursor() as cursor:
        while True:
            kept = erasure.hashes_of(held)
            elsewhere = " AND ".join(f"coalesce({name} <> ALL(%s::bytea[]), true)" for name in kept)
            cursor.execute(
                "WITH old AS (SELECT id FROM messaging_message WHERE ended_at IS NOT NULL AND created_at < %s"  # noqa: S608  # as above
                f" AND (user_id IS NULL OR user_id NOT IN ({users})) AND {elsewhere} LIMIT %s"
                " FOR UPDATE SKIP LOCKED), tries AS (DELETE FROM messaging_messagetry USING old WHERE message_id = old.id)"
                " DELETE FROM messaging_message AS message USING old WHERE message.id = old.id",
                [before, *values, *kept.values(), ROWS_AT_ONCE],
            )
            rows = int(cursor.rowcount)
            deleted += rows
            if rows < ROWS_AT_ONCE:
                return deleted


def _delete(table: str, condition: str, *values: Any) -> int:
    deleted = 0
    with connection.cursor() as cursor:
        while True:
            portion = f"SELECT ctid FROM {table} WHERE {condition} LIMIT {ROWS_AT_ONCE} FOR UPDATE SKIP LOCKED"  # noqa: S608  # ours, above
            cursor.execute(f"DELETE FROM {table} WHERE ctid = ANY (ARRAY({portion}))", list(values))  # noqa: S608  # ours, above
            rows = int(cursor.rowcount)
            deleted += rows
            if rows < ROWS_AT_ONCE:
                return deleted
