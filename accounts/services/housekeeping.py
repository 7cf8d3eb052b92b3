"""Housekeeping: rows that have no use any more go, a thousand at a time, so that no lock is long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from oauth2_provider.models import clear_expired

from accounts.services import keyed_requests, legal_holds
from config.kit.clock import now

ROWS_AT_ONCE = 1000
COUNTER_IDLE = timedelta(days=2)
"""Longer than any budget's window and any lock."""
OAUTH_CODE_KEPT = timedelta(days=1)
"""For how long a spent code that comes back is known for one."""
SESSION_KEPT = timedelta(days=30)
"""How long an ended or expired session is kept for who asks what happened."""


def prune() -> int:
    """Delete what is over: cache rows, counters, sessions, staff cookies, devices, challenges, visits; how many rows went."""
    moment = now()
    old = moment - SESSION_KEPT
    held, values = legal_holds.held().values("pk").query.sql_with_params()
    return (
        _prune_cache(moment)
        + _delete(
            "accounts_attemptcounter",
            "last_at < %s AND (locked_until IS NULL OR locked_until <= %s)",
            moment - COUNTER_IDLE,
            moment,
        )
        + _delete(
            "accounts_session",
            f"(ended_at < %s OR expires_at < %s) AND user_id NOT IN ({held})",  # a subquery of ours
            old,
            old,
            *values,
        )
        + _delete("accounts_apptoken", "expires_at <= %s", moment)
        + _delete("accounts_securitylink", "expires_at <= %s", old)
        + _delete("accounts_knowndevice", "expires_at <= %s", moment)
        + _delete("accounts_passkeychallenge", "expires_at <= %s", moment)
        + _delete("accounts_visit", "expires_at <= %s", moment)
        + _delete("accounts_keyedrequest", "began_at < %s", keyed_requests.over_before(moment))
        + _delete("accounts_passwordrecovery", "created_at < %s", old)
        + _delete("django_session", "expire_date <= %s", moment)
        + _prune_oauth(moment)
    )


def _prune_oauth(moment: datetime) -> int:
    """Requests that nobody answered in time, old codes, and what the toolkit calls expired of its tokens."""
    clear_expired()
    return _delete("accounts_oauthrequest", "expires_at <= %s", moment) + _delete(
        "accounts_oauthgrant", "expires <= %s", moment - OAUTH_CODE_KEPT
    )


def _prune_cache(moment: datetime) -> int:
    """The cache's own table, where the cache is one; it deletes nothing by itself."""
    ours = isinstance(caches["default"], DatabaseCache)
    return _delete(settings.CACHES["default"]["LOCATION"], "expires < %s", moment) if ours else 0


def _delete(table: str, condition: str, *values: Any) -> int:
    name = connection.ops.quote_name(table)
    portion = f"SELECT ctid FROM {name} WHERE {condition} LIMIT {ROWS_AT_ONCE} FOR UPDATE SKIP LOCKED"  # noqa: S608  # ours, above
    statement = f"DELETE FROM {name} WHERE ctid = ANY (ARRAY({portion}))"  # noqa: S608  # ours, above
    deleted = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, list(values))
            rows = int(cursor.rowcount)
        deleted += rows
        if rows < ROWS_AT_ONCE:
            return deleted
