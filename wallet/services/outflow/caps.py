"""How much may leave in a window, of a coin and in total: what passed its gate counts, whoever asked for it.

A coin without a cap is closed. The cap in total is counted at the newest prices; while one is set, what has no price that
money may be exchanged at does not leave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Sum

from accounts.services.officers import Act
from config.kit import money
from config.kit.clock import now
from config.kit.money import to_text
from wallet.models.coins import Coin
from wallet.models.fiat_withdrawals import FiatWithdrawal, FiatWithdrawalEvent, FiatWithdrawalState
from wallet.models.outflow import EVERYTHING, WINDOW_HOURS_MAX, OutflowCap
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services import coins
from wallet.services.outflow.errors import CapInvalid
from wallet.services.rates import reads
from wallet.services.rates.errors import RateUnknown

Beside = Withdrawal | FiatWithdrawal | None
"""A movement that is asked about, so that it does not count against itself."""


@dataclass(frozen=True)
class CapView:
    """One cap, and what of it is used."""

    scope: str
    unit: str
    window_hours: int
    maximum: Decimal
    used: Decimal | None
    """None where it can't be counted: a price is missing or too old."""

    @property
    def percent(self) -> int:
        """How much of it is used, from 0 to 100."""
        if self.used is None or self.used >= self.maximum:
            return 100
        return int(self.used * 100 / self.maximum)


@dataclass
class Caps:
    """All caps as they stand, with what was used of each window, read when it is asked for."""

    beside: Beside = None
    _rows: list[OutflowCap] = field(default_factory=lambda: list(OutflowCap.objects.select_related("coin").order_by("id")))
    _used: dict[int, dict[int, Decimal]] = field(default_factory=dict)
    _prices: dict[int, Fraction | None] = field(default_factory=dict)

    def exceeded_because(self, coin: Coin, amount: Decimal) -> str:
        """Why so much of the coin can't leave beside what did, or nothing."""
        own = [row for row in self._rows if row.coin_id == coin.pk]
        if not own:
            return f"no cap is set on what leaves in {coin.code}"
        for row in own:
            if self._left(row.window_hours).get(coin.pk, Decimal(0)) + amount > row.maximum:
                return f"at most {to_text(row.maximum)} {coin.code} leave in {row.window_hours} h"
        for row in self._rows:
            if row.coin_id is None and (because := self._total_exceeded(row, coin, amount)):
                return because
        return ""

    def views(self) -> list[CapView]:
        """Each cap with its use: those in total first, then coins as in lists."""
        found = []
        for row in sorted(self._rows, key=_place):
            left = self._left(row.window_hours)
            if row.coin is None:
                worth = self._worth(left)
                used = None if worth is None else reads.floor_to(worth, self._pivot.scale)
                found.append(CapView(EVERYTHING, self._pivot.code, row.window_hours, row.maximum, used))
            else:
                used = left.get(row.coin.pk, Decimal(0))
                found.append(CapView(row.coin.code, row.coin.code, row.window_hours, row.maximum, used))
        return found

    def _total_exceeded(self, row: OutflowCap, coin: Coin, amount: Decimal) -> str:
        left = dict(self._left(row.window_hours))
        left[coin.pk] = left.get(coin.pk, Decimal(0)) + amount
        worth = self._worth(left)
        if worth is None:
            return "what leaves in total can't be counted: a price is missing or too old"
        if worth > Fraction(row.maximum):
            return f"at most {to_text(row.maximum)} {self._pivot.code} leave in total in {row.window_hours} h"
        return ""

    @property
    def _pivot(self) -> Coin:
        return Coin.objects.get(code=settings.RATES_PIVOTS[0])

    def _worth(self, left: Mapping[int, Decimal]) -> Fraction | None:
        """What these amounts are worth in the pivot; None where one of them has no price for exchanging."""
        pivot, table, total = self._pivot, None, Fraction(0)
        for coin in Coin.objects.filter(pk__in=[coin_id for coin_id, amount in left.items() if amount]):
            if coin.pk not in self._prices:
                table = reads.table_of(reads.known()) if table is None else table
                self._prices[coin.pk] = Fraction(1) if coin.pk == pivot.pk else _price(table, coin, pivot)
            price = self._prices[coin.pk]
            if price is None:
                return None
            total += Fraction(left[coin.pk]) * price
        return total

    def _left(self, hours: int) -> dict[int, Decimal]:
        if hours not in self._used:
            self._used[hours] = _sums(hours, self.beside)
        return self._used[hours]


def _price(table: reads.Table, coin: Coin, pivot: Coin) -> Fraction | None:
    try:
        found = reads.over(table, coin, pivot)
    except RateUnknown:
        return None
    return None if found.is_stale else Fraction(found.price)


def _sums(hours: int, beside: Beside) -> dict[int, Decimal]:
    """What passed a gate in the last hours and did not come back, by coin; fees not counted."""
    since = now() - timedelta(hours=hours)
    sent = OutgoingTransaction.objects.filter(abandoned_at__isnull=True, created_at__gt=since)
    sent = sent.exclude(withdrawal__state=WithdrawalState.FAILED)
    if isinstance(beside, Withdrawal):
        sent = sent.exclude(withdrawal=beside)
    went = FiatWithdrawalEvent.objects.filter(
        withdrawal=OuterRef("pk"), state_after=FiatWithdrawalState.PAYING, created_at__gt=since
    )
    paid = FiatWithdrawal.objects.filter(Exists(went), state__in=(FiatWithdrawalState.PAYING, FiatWithdrawalState.PAID))
    if isinstance(beside, FiatWithdrawal):
        paid = paid.exclude(pk=beside.pk)
    counted = [
        *sent.order_by().values_list("withdrawal__coin_network__coin_id").annotate(Sum("withdrawal__amount")),
        *paid.order_by().values_list("coin_network__coin_id").annotate(Sum("amount")),
    ]
    found: dict[int, Decimal] = {}
    for coin_id, amount in counted:
        found[coin_id] = found.get(coin_id, Decimal(0)) + amount
    return found


def _place(row: OutflowCap) -> tuple[bool, int, str, int]:
    coin = row.coin
    return (True, coin.position, coin.code, row.window_hours) if coin is not None else (False, 0, "", row.window_hours)


def set_cap(*, scope: str, maximum: object, window_hours: int, act: Act) -> OutflowCap:
    """Set or change the cap of a window: of the coin of this code, or in total where `scope` is EVERYTHING.

    Raises ReasonDue, NotAnOfficer, UnknownCoin, CapInvalid.
    """
    act.require("treasury")
    unit = coins.get(settings.RATES_PIVOTS[0] if scope == EVERYTHING else scope)
    try:
        most = money.parse(maximum, scale=unit.scale)
    except money.AmountInvalid as refusal:
        raise CapInvalid(hours_max=WINDOW_HOURS_MAX) from refusal
    if most < 0 or not 1 <= window_hours <= WINDOW_HOURS_MAX:
        raise CapInvalid(hours_max=WINDOW_HOURS_MAX)
    coin = None if scope == EVERYTHING else unit
    with transaction.atomic():
        made, _ = OutflowCap.objects.update_or_create(coin=coin, window_hours=window_hours, defaults={"maximum": most})
        told = {"scope": scope, "unit": unit.code, "hours": str(window_hours), "maximum": to_text(most)}
        act.record(act="wallet.outflow_cap_set", subject=f"wallet.outflowcap:{made.pk}", facts=told)
    return made
