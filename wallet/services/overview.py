"""The last day at a glance: what was asked for in each hour, which rules spoke, and how far the books are proven."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from config.kit.clock import now
from wallet.models.deposits import DepositState
from wallet.models.proving import AuditMark
from wallet.models.withdrawal_evidence import RiskResult
from wallet.models.withdrawals import AWAITING_OFFICER, ENDS, WithdrawalState

HOURS = 24
NEWEST_MAX = 20_000
"""So many of the newest rows are looked at: a day that has more is shown from where they begin."""
RULES_MAX = 8
_BY_HOUR = """
    SELECT floor(extract(epoch FROM %(until)s - moment) / 3600)::int AS ago, state, count(*)
      FROM (SELECT {column} AS moment, state FROM {table} ORDER BY id DESC LIMIT {newest}) AS newest
     WHERE moment > %(since)s AND moment <= %(until)s GROUP BY 1, 2
"""
SUCCEEDED, ON_THE_WAY, WAITING, GAVE_UP = "done", "on the way", "to decide", "ended otherwise"
GROUPS: dict[WithdrawalState, str] = {
    WithdrawalState.SUCCESS: SUCCEEDED,
    **dict.fromkeys(AWAITING_OFFICER, WAITING),
    **{state: GAVE_UP for state in ENDS if state != WithdrawalState.SUCCESS},
}
DEPOSIT_GROUPS = {DepositState.CREDITED: SUCCEEDED, DepositState.HELD: WAITING, DepositState.ORPHANED: GAVE_UP}


@dataclass(frozen=True)
class Hour:
    """One hour, the newest being 0 hours ago, and how many of each group it had."""

    ago: int
    counts: dict[str, int]


@dataclass(frozen=True)
class Proof:
    """Up to when the books were proven, and whether a proof was ever made."""

    proven_at: datetime | None


def withdrawals_by_hour() -> list[Hour]:
    """Withdrawals asked for in each of the last 24 hours, oldest first, by what has become of them."""
    return _by_hour("wallet_withdrawal", "created_at", GROUPS)


def deposits_by_hour() -> list[Hour]:
    """Deposits seen in each of the last 24 hours, oldest first, by what has become of them."""
    return _by_hour("wallet_deposit", "seen_at", DEPOSIT_GROUPS)


def rules_that_spoke() -> list[tuple[str, int]]:
    """Which risk rules raised a flag over withdrawals of the last day, and how often; the busiest first."""
    since = now() - timedelta(hours=HOURS)
    newest = RiskResult.objects.order_by("-id").values_list("created_at", "is_flagged", "results")[:NEWEST_MAX]
    spoke: Counter[str] = Counter()
    for moment, is_flagged, results in newest.iterator(chunk_size=2_000):
        if moment < since:
            break
        if is_flagged:
            spoke.update(said["rule"] for said in results if said["flagged"])
    return spoke.most_common(RULES_MAX)


def proof() -> Proof:
    """How far the books are proven."""
    return Proof(AuditMark.objects.filter(proven_at__isnull=False).order_by("-id").values_list("proven_at", flat=True).first())


def _by_hour(table: str, column: str, groups: Mapping[Any, str]) -> list[Hour]:
    moment = now()
    statement = _BY_HOUR.format(column=column, table=table, newest=NEWEST_MAX)
    hours = [Hour(ago, {}) for ago in range(HOURS)]
    with connection.cursor() as cursor:
        cursor.execute(statement, {"since": moment - timedelta(hours=HOURS), "until": moment})
        for ago, state, count in cursor.fetchall():
            counts = hours[min(ago, HOURS - 1)].counts
            group = groups.get(state, ON_THE_WAY)
            counts[group] = counts.get(group, 0) + count
    return hours[::-1]
