"""Limits that hold under concurrency: each taking is one statement on one locked row.

Small numbers are exact sliding windows (`Allowance`); large ones are hourly budgets (`Budget`). A taking that is
refused writes nothing. Callers take in a fixed order of keys, so that two of them can't wait for each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from config.kit.crypto import keyed_hash
from messaging.models import Allowance
from messaging.services import alarms

HOUR_SECONDS = 3600
DAY_SECONDS = 24 * HOUR_SECONDS


_TAKE = (
    "INSERT INTO messaging_allowance AS held (key, moments) VALUES (%s, ARRAY[%s::timestamptz])"
    " ON CONFLICT (key) DO UPDATE SET moments ="
    " held.moments[greatest(1, cardinality(held.moments) - %s + 2):] || EXCLUDED.moments"
    " WHERE {conditions} RETURNING 1"
)


@dataclass(frozen=True)
class Limit:
    """At most `count` in any `seconds`."""

    count: int
    seconds: int


@dataclass(eq=False)
class Exhausted(Exception):
    """The limit holds; in `retry_after` seconds the next one is allowed."""

    retry_after: int


def limit_key(kind: str, *parts: str) -> bytes:
    """The key of one allowance."""
    return keyed_hash("messaging.limit", kind, *parts)


def take(key: bytes, limits: Sequence[Limit], *, at: datetime) -> None:
    """Count one more against all limits of the key, or none.

    Raises Exhausted.
    """
    kept = max(limit.count for limit in limits)
    conditions, values = _conditions(limits, at)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE.replace("{conditions}", conditions), [key, at, kept, *values])
        if cursor.fetchone() is None:
            raise Exhausted(_seconds_until_free(key, limits, at))


def _conditions(limits: Sequence[Limit], at: datetime) -> tuple[str, list[Any]]:
    """The n-th moment from the end must be absent or older than the window."""
    each = "coalesce(held.moments[cardinality(held.moments) - %s + 1] <= %s::timestamptz, true)"
    values: list[Any] = []
    for limit in limits:
        values += [limit.count, at - timedelta(seconds=limit.seconds)]
    return " AND ".join([each] * len(limits)), values


def _seconds_until_free(key: bytes, limits: Sequence[Limit], at: datetime) -> int:
    row = Allowance.objects.filter(key=key).first()
    moments = row.moments if row else []
    free_at = [moments[-limit.count] + timedelta(seconds=limit.seconds) for limit in limits if len(moments) >= limit.count]
    return max(
        1,
        math.ceil(max(((moment - at).total_seconds() for moment in free_at), default=1)),
    )


def give_back(key: bytes, *, at: datetime) -> None:
    """Take back the counting made at that moment: it turned out to be no misuse."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE messaging_allowance SET moments = array_remove(moments, %s::timestamptz) WHERE key = %s",
            [at, key],
        )


def spend(name: str, spent_max: int, *, at: datetime) -> None:
    """Spend one of this hour's budget, and raise its alarm where that reaches a mark.

    Raises Exhausted.
    """
    hour = at.replace(minute=0, second=0, microsecond=0)
    spent = _spend(name, hour, spent_max) if spent_max > 0 else None
    if spent is None:
        raise Exhausted(max(1, math.ceil((hour + timedelta(hours=1) - at).total_seconds())))
    alarms.watch(name=name, hour=hour, spent=spent, spent_max=spent_max, at=at)


def _spend(name: str, hour: datetime, spent_max: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO messaging_budget AS held (name, hour, spent, spent_max) VALUES (%s, %s, 1, %s)"
            " ON CONFLICT (name, hour) DO UPDATE SET spent = held.spent + 1, spent_max = EXCLUDED.spent_max"
            " WHERE held.spent < EXCLUDED.spent_max RETURNING spent",
            [name, hour, spent_max],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None
