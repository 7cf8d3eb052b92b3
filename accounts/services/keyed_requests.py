"""Where the answers of writes with an `Idempotency-Key` are kept: see config.kit.once.

A row is inserted in a transaction of its own before the work begins, so that a second request sees it and need not wait. It
is written without waiting for the disk: where the database itself is lost in that moment, the work is lost with it, and what
was done stands in the movement's own row with its unique reference. A turn passes to the next request once the database
session that holds it has gone (the process was killed), or after TURN_SECONDS.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import connection

from accounts.models.keyed_requests import KeyedRequest
from config.kit import crypto
from config.kit.once import Asked, Kept, KeyReused, RequestInFlight, Turn
from config.kit.sealed_text import seal_text

TURN_SECONDS = 60
"""Longer than any request may take."""
KEPT_HOURS = 72
"""How long an answer is given again."""
TRIES_MAX = 3

_BEGIN = """
    WITH quickly AS (SELECT set_config('synchronous_commit', 'off', true))
    INSERT INTO accounts_keyedrequest AS known (user_id, operation, key, fingerprint, token, backend, began_at, answer)
    SELECT %s, %s, %s, %s, %s, pg_backend_pid(), clock_timestamp(), '' FROM quickly
    ON CONFLICT (user_id, operation, key) DO UPDATE
        SET fingerprint = excluded.fingerprint, token = excluded.token, backend = excluded.backend,
            began_at = excluded.began_at
        WHERE known.status IS NULL AND (
            known.began_at < clock_timestamp() - make_interval(secs => %s)
            OR NOT EXISTS (
                SELECT FROM pg_stat_activity a WHERE a.pid = known.backend AND a.backend_start <= known.began_at
            )
        )
    RETURNING id
"""
_KEEP = """
    WITH quickly AS (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE accounts_keyedrequest SET status = %s, answer = %s FROM quickly WHERE id = %s AND token = %s AND status IS NULL
"""
_FORGET = """
    WITH quickly AS (SELECT set_config('synchronous_commit', 'off', true))
    DELETE FROM accounts_keyedrequest USING quickly WHERE id = %s AND token = %s AND status IS NULL
"""


class AnswersInTheDatabase:
    """See config.kit.once.Memory."""

    def begin(self, asked: Asked) -> Turn | Kept:
        """A turn, or the answer of before. Raises RequestInFlight, KeyReused."""
        token = secrets.randbits(63)
        said = [asked.user.pk, asked.operation, asked.key, asked.fingerprint, token, TURN_SECONDS]
        for _ in range(TRIES_MAX):
            with connection.cursor() as cursor:
                cursor.execute(_BEGIN, said)
                row = cursor.fetchone()
            if row is not None:
                return Turn(row[0], token)
            known = KeyedRequest.objects.filter(user=asked.user, operation=asked.operation, key=asked.key).first()
            if known is not None:
                return self._answer(known, asked)
        raise RequestInFlight

    def _answer(self, known: KeyedRequest, asked: Asked) -> Kept:
        if not crypto.equal(bytes(known.fingerprint), asked.fingerprint):
            raise KeyReused
        if known.status is None:
            raise RequestInFlight
        return Kept(known.status, known.answer)

    def keep(self, turn: Turn, answer: Kept) -> None:
        """Keep the answer, sealed, unless the turn has passed to another."""
        sealed = seal_text(answer.body, context="accounts.keyedrequest.answer")
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [answer.status, sealed, turn.row, turn.token])

    def forget(self, turn: Turn) -> None:
        """Leave the key free, unless the turn has passed to another."""
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [turn.row, turn.token])


MEMORY = AnswersInTheDatabase()


def over_before(moment: datetime) -> datetime:
    """Rows that began before this are of no use at that moment."""
    return moment - timedelta(hours=KEPT_HOURS)
