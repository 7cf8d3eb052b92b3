"""What stands too long: withdrawals, transfers, deposits, networks; and caps that are nearly used.

A clock only rings; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet

from config.kit.clock import now
from config.kit.money import to_text
from wallet.models.alarms import Alarm, AlarmKind
from wallet.models.coins import NetworkKind
from wallet.models.deposits import Deposit, DepositState, WatcherCursor
from wallet.models.fiat_withdrawals import FiatWithdrawal, FiatWithdrawalState
from wallet.models.transfers import Transfer, TransferState
from wallet.models.withdrawals import Withdrawal
from wallet.services import alarms
from wallet.services.alarms import ALARMS_MAX, Matter
from wallet.services.outflow.caps import Caps
from wallet.services.withdrawals.reconciliation import ALARM_SECONDS as WITHDRAWAL_SECONDS

TRANSFER_SECONDS = {
    TransferState.VERIFICATION: 45 * 60,
    TransferState.OPENED: 45 * 60,
    TransferState.REVIEW: 24 * 3600,
    TransferState.SECOND_REVIEW: 24 * 3600,
}
"""Seconds in one state after which staff are told."""
FIAT_SECONDS = {
    FiatWithdrawalState.VERIFICATION: 45 * 60,
    FiatWithdrawalState.REVIEW: 24 * 3600,
    FiatWithdrawalState.SECOND_REVIEW: 24 * 3600,
    FiatWithdrawalState.APPROVED: 24 * 3600,
    FiatWithdrawalState.PAYING: 4 * 3600,
}
"""The same; `paying` means that an officer is at the bank and has not come back."""
DEPOSIT_PENDING_SECONDS = 6 * 3600
DEPOSIT_HELD_SECONDS = 24 * 3600
CAP_PERCENT = 80
"""How much of a cap is used when staff are told: there is still time to look at what leaves."""
NETWORK_SECONDS = {NetworkKind.BITCOIN: 2 * 3600, NetworkKind.EVM: 15 * 60, NetworkKind.TRON: 15 * 60}
"""Seconds after which a network without a new block is no longer believed to be quiet."""


def ring() -> list[Alarm]:
    """Raise and end the alarms of everything that has an age; the new ones. Safe to run twice and at once."""
    moment = now()
    return [
        *alarms.keep(AlarmKind.WITHDRAWAL_STUCK, _withdrawals(moment)),
        *alarms.keep(AlarmKind.TRANSFER_STUCK, _waiting("transfer", Transfer.objects.all(), TRANSFER_SECONDS, moment)),
        *alarms.keep(AlarmKind.FIAT_STUCK, _waiting("fiat withdrawal", FiatWithdrawal.objects.all(), FIAT_SECONDS, moment)),
        *alarms.keep(AlarmKind.DEPOSIT_PENDING, _pending(moment)),
        *alarms.keep(AlarmKind.DEPOSIT_UNMATCHED, _held(moment)),
        *alarms.keep(AlarmKind.WATCHER_SILENT, _networks(moment)),
        *alarms.keep(AlarmKind.OUTFLOW_NEAR_CAP, _caps(moment)),
    ]


def _withdrawals(moment: datetime) -> dict[str, Matter]:
    found = {}
    for state, seconds in WITHDRAWAL_SECONDS.items():
        rows = Withdrawal.objects.filter(state=state, state_since__lt=moment - timedelta(seconds=seconds))
        late = rows.order_by("state_since").values_list("public_id", "state_since", "blocked_because")[:ALARMS_MAX]
        for number, since, because in late:
            found[f"withdrawal {number}"] = Matter(since, f"{state}: {because}" if because else str(state))
    return found


def _waiting(thing: str, rows: QuerySet[Any], seconds_of: Mapping[Any, int], moment: datetime) -> dict[str, Matter]:
    found = {}
    for state, seconds in seconds_of.items():
        late = rows.filter(state=state, state_since__lt=moment - timedelta(seconds=seconds)).order_by("state_since")
        told = late.values_list("public_id", "state_since")[:ALARMS_MAX]
        found.update(_named(thing, ((number, since, str(state)) for number, since in told)))
    return found


def _pending(moment: datetime) -> dict[str, Matter]:
    rows = Deposit.objects.filter(state=DepositState.PENDING, seen_at__lt=moment - timedelta(seconds=DEPOSIT_PENDING_SECONDS))
    late = rows.order_by("seen_at").values_list("public_id", "seen_at", "network__code")[:ALARMS_MAX]
    return _named("deposit", late)


def _held(moment: datetime) -> dict[str, Matter]:
    rows = Deposit.objects.filter(state=DepositState.HELD).annotate(since=Max("events__created_at"))
    late = rows.filter(since__lt=moment - timedelta(seconds=DEPOSIT_HELD_SECONDS)).order_by("since")
    return _named("deposit", late.values_list("public_id", "since", "held_because")[:ALARMS_MAX])


def _networks(moment: datetime) -> dict[str, Matter]:
    found = {}
    for cursor in WatcherCursor.objects.select_related("network"):
        seconds = NETWORK_SECONDS.get(NetworkKind(cursor.network.kind))
        if cursor.halted_because:
            found[f"network {cursor.network.code}"] = Matter(cursor.read_at, f"halted: {cursor.halted_because}")
        elif seconds is not None and cursor.read_at < moment - timedelta(seconds=seconds):
            found[f"network {cursor.network.code}"] = Matter(cursor.read_at, f"no block since height {cursor.height}")
    return found


def _caps(moment: datetime) -> dict[str, Matter]:
    near = [view for view in Caps().views() if view.percent >= CAP_PERCENT]
    return {
        f"{view.scope} in {view.window_hours} h": Matter(
            moment,
            f"{'can not be counted' if view.used is None else to_text(view.used)} of {to_text(view.maximum)} {view.unit}",
        )
        for view in near
    }


def _named(thing: str, rows: Iterable[tuple[int, datetime, str]]) -> dict[str, Matter]:
    return {f"{thing} {number}": Matter(since, detail) for number, since, detail in rows}
