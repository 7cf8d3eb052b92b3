"""The rows of captchas: each is spent by one statement, so that neither a crowd nor a crash spends one twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from config.kit.clock import now
from config.kit.crypto import keyed_hash, seal, unseal
from config.kit.errors import Absent
from messaging.models import Captcha, CaptchaKind
from messaging.models.captchas import LIFETIME_MAX, PURPOSE_LENGTH_MAX

KEPT = timedelta(days=1)
"""How long a row outlives its captcha. A spent one must be known for as long as its vendor would vouch for it again."""
ROWS_AT_ONCE = 1000


def key_of(kind: str, id: str) -> bytes:
    """Under which hash the captcha of this id is kept."""
    return keyed_hash("messaging.captcha", kind, id)


def keep_picture(*, id: str, answer_hash: bytes, answer: str, drawn_at: datetime, expires_at: datetime) -> None:
    """Write down a picture that waits for its answer; the answer itself is kept, sealed, in development only."""
    Captcha.objects.create(
        key=key_of(CaptchaKind.PICTURE, id),
        kind=CaptchaKind.PICTURE,
        answer_hash=answer_hash,
        sealed_answer=None if settings.PRODUCTION else seal(answer.encode(), context=f"captcha:{id}"),
        drawn_at=drawn_at,
        expires_at=expires_at,
    )


def spend_picture(*, id: str, purpose: str, at: datetime) -> bytes | None:
    """Spend the open picture and say its answer's hash; None where it is unknown, expired or spent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE messaging_captcha SET spent_at = %s, spent_for = %s, sealed_answer = NULL"
            " WHERE key = %s AND spent_at IS NULL AND expires_at > %s RETURNING answer_hash",
            [at, purpose[:PURPOSE_LENGTH_MAX], key_of(CaptchaKind.PICTURE, id), at],
        )
        row = cursor.fetchone()
    return bytes(row[0]) if row else None


def spend_solved(*, kind: str, id: str, purpose: str, at: datetime) -> bool:
    """Write down that this captcha, solved elsewhere, is spent; false where it was already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO messaging_captcha (key, kind, drawn_at, expires_at, spent_at, spent_for)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (key) DO NOTHING",
            [key_of(kind, id), kind, at, at + LIFETIME_MAX, at, purpose[:PURPOSE_LENGTH_MAX]],
        )
        return bool(cursor.rowcount)


def read_answer(id: str) -> str:
    """The answer of an open picture, for the development post office. Raises Absent; in production always."""
    if settings.PRODUCTION or not id.isascii():
        raise Absent(thing="captcha")
    row = Captcha.objects.filter(key=key_of(CaptchaKind.PICTURE, id)).first()
    if row is None or row.sealed_answer is None or row.expires_at <= now():
        raise Absent(thing="captcha")
    return unseal(bytes(row.sealed_answer), context=f"captcha:{id}").decode()


def purge() -> int:
    """Delete the rows of captchas whose time is long over. Says how many went."""
    gone = 0
    while True:
        old = Captcha.objects.filter(expires_at__lt=now() - KEPT).values_list("pk", flat=True)[:ROWS_AT_ONCE]
        deleted, _ = Captcha.objects.filter(pk__in=list(old)).delete()
        gone += deleted
        if deleted < ROWS_AT_ONCE:
            return gone
