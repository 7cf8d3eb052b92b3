"""How far the books are proven: marks in the journal, and the sums of accounts up to the newest proven one.

Ids are drawn before their transactions commit, so behind the newest entry that can be seen another may still appear. A
mark therefore waits until every transaction that could have drawn an id below it is over: it remembers a transaction id
that is higher than all of theirs, and is settled once `pg_snapshot_xmin` has passed that. (A posting's row is written
before its entries draw their ids, so whoever has drawn one has a transaction id.)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from config.kit.clock import now
from wallet.models.proving import AuditedTotal, AuditMark

BEGINNING = datetime.min.replace(tzinfo=UTC)
OVERLAP = timedelta(hours=1)
"""How far before the mark's moment what ended is looked at again: longer than any transaction may take."""
KEPT = timedelta(days=7)

_TAKE = """
    INSERT INTO wallet_auditmark (entry_id, posting_id, transaction_id, taken_at)
    VALUES (%s, %s, pg_current_xact_id()::text::bigint, %s)
"""
_ADVANCE = """
    INSERT INTO wallet_auditedtotal AS known (account_id, total)
    SELECT account_id, sum(amount) FROM wallet_entry WHERE id > %s AND id <= %s GROUP BY account_id
    ON CONFLICT (account_id) DO UPDATE SET total = known.total + excluded.total
"""


@dataclass(frozen=True)
class Place:
    """From where on the journal has to be looked at."""

    mark: int | None
    entry: int
    posting: int
    since: datetime
    """What ended before this was looked at."""


START = Place(mark=None, entry=0, posting=0, since=BEGINNING)


def proven() -> Place:
    """Up to where the sums of accounts were proven; START where nothing was."""
    mark = AuditMark.objects.filter(proven_at__isnull=False).order_by("-id").first()
    if mark is None:
        return START
    return Place(mark=mark.pk, entry=mark.entry_id, posting=mark.posting_id, since=mark.taken_at - OVERLAP)


def take() -> None:
    """Put a mark at the newest entry that can be seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM wallet_entry")
        (entry,) = cursor.fetchone()
        cursor.execute("SELECT coalesce(max(id), 0) FROM wallet_posting")
        (posting,) = cursor.fetchone()
        # In a statement of its own, after the entries were looked at: above the id of whoever has drawn one of theirs.
        cursor.execute(_TAKE, [entry, posting, now()])


def settled() -> AuditMark | None:
    """The newest mark behind which nothing can appear any more, as the caller's snapshot shows it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        (oldest,) = cursor.fetchone()
    return AuditMark.objects.filter(transaction_id__lte=oldest).order_by("-id").first()


@transaction.atomic
def advance(place: Place, to: AuditMark) -> bool:
    """Bring the sums from a proven place to a settled mark; False where another audit was faster.

    The entries between them are past change, so that they add up to the same whenever they are read.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('wallet.audit_marks', 0))")
        if proven().mark != place.mark or to.entry_id < place.entry or to.pk == place.mark:
            return False
        cursor.execute(_ADVANCE, [place.entry, to.entry_id])
    AuditMark.objects.filter(pk=to.pk).update(proven_at=now())
    AuditMark.objects.filter(pk__lt=to.pk, taken_at__lt=now() - KEPT).delete()
    return True


@transaction.atomic
def forget() -> None:
    """Let the next incremental audit begin at the beginning."""
    AuditMark.objects.filter(proven_at__isnull=False).update(proven_at=None)
    AuditedTotal.objects.all().delete()
