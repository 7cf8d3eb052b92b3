"""The journal for accountants: every entry of a period as CSV, whole postings only, each of which balances in every coin."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from typing import IO, Any

from django.db import connection, transaction

from config.kit.money import to_text
from config.kit.spreadsheets import plain
from wallet.errors import PeriodInvalid, PostingUnbalanced

COLUMNS = (
    "posting", "time", "kind", "scope", "key", "reason", "reverses",
    "seq", "account", "account_kind", "owner_uid", "coin", "debit", "credit",
)  # fmt: skip
ROWS_PER_STEP = 5_000
DAYS_MAX = 3_660
_ROWS = """
    SELECT p.id, p.created_at, p.kind, p.scope, p.key, p.reason, p.reverses_id,
           e.seq, a.id, a.kind, u.uid, c.code, e.amount
    FROM wallet_posting p
    JOIN wallet_entry e ON e.posting_id = p.id
    JOIN wallet_ledgeraccount a ON a.id = e.account_id
    JOIN wallet_coin c ON c.id = e.coin_id
    LEFT JOIN accounts_user u ON u.id = a.owner_id
    WHERE p.created_at >= %s AND p.created_at < %s
    ORDER BY p.id, e.seq
"""


@dataclass
class Exported:
    """What was written: `turnover` is the sum of debits by coin, which equals that of credits."""

    postings: int = 0
    entries: int = 0
    turnover: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


def write(target: IO[str], *, first: date, last: date, progress: Callable[[int], None] = lambda _: None) -> Exported:
    """Write the journal of these days (UTC), oldest posting first; what is debited is what an account gained.

    One snapshot, read through a cursor of the server's, ROWS_PER_STEP in memory at once.
    Raises PeriodInvalid; PostingUnbalanced at a posting whose entries don't sum to zero, which ends the file there.
    """
    if last < first or (last - first).days >= DAYS_MAX:
        raise PeriodInvalid(days_max=DAYS_MAX)
    done = Exported()
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    since = datetime.combine(first, time.min, UTC)
    until = datetime.combine(last + timedelta(days=1), time.min, UTC)
    with transaction.atomic():
        with connection.cursor() as settings:
            settings.execute("SET LOCAL statement_timeout = 0")
        with connection.chunked_cursor() as cursor:
            cursor.execute(_ROWS, [since, until])
            for posting, entries in groupby(_fetched(cursor), key=lambda row: row[0]):
                _write_posting(writer, posting, list(entries), done)
                if done.postings % 1_000 == 0:
                    progress(done.postings)
    return done


def _fetched(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while step := cursor.fetchmany(ROWS_PER_STEP):
        yield from step


def _write_posting(writer: Any, posting: int, legs: list[tuple[Any, ...]], done: Exported) -> None:
    _require_balanced(posting, legs)
    for row in legs:
        writer.writerow(_cells(row))
        if row[-1] > 0:
            done.turnover[row[-2]] += row[-1]
    done.postings += 1
    done.entries += len(legs)


def _require_balanced(posting: int, legs: list[tuple[Any, ...]]) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in legs:
        sums[row[-2]] += row[-1]
    for coin, total in sums.items():
        if total:
            raise PostingUnbalanced(reason=f"posting {posting} is off by {to_text(total)} {coin}")


def _cells(row: tuple[Any, ...]) -> list[str]:
    posting, moment, kind, scope, key, reason, reverses, seq, account, account_kind, uid, coin, amount = row
    debit, credit = (to_text(amount), "") if amount > 0 else ("", to_text(-amount))
    told = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    numbers = [str(seq), str(account), account_kind, "" if uid is None else str(uid), coin, debit, credit]
    return [
        str(posting),
        told,
        kind,
        plain(scope),
        plain(key),
        plain(reason),
        "" if reverses is None else str(reverses),
        *numbers,
    ]
