"""The chain's word against the books': what our wallets hold of a coin is at least what customers own of it.

The wallets are asked first, the books afterwards, so that what is credited in between has been on the chain when it was
looked at. What was sent and is not settled yet may have left the wallets while the books still hold it, and a credited
deposit that left its chain has an alarm of its own: both are taken off. What the wallets hold beyond is no difference: the
house keeps reserves there, and deposits wait for confirmations.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.db.models import Q, Sum

from config.kit.clock import now
from config.kit.errors import DomainError
from config.kit.money import to_text
from wallet.chains import registry
from wallet.models.alarms import AlarmKind
from wallet.models.coins import Coin, CoinKind, CoinNetwork
from wallet.models.deposits import Deposit, DepositState
from wallet.models.ledger import LedgerAccount
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawals import ENDS
from wallet.services import alarms, stops
from wallet.services.alarms import Matter

REASON = "the wallets hold less than the books owe"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Compared:
    """One coin: what the books owe, and what the wallets were found to hold: looked at until it is enough."""

    coin: str
    owed: Decimal
    held: Decimal
    addresses: int
    """Addresses whose balance was asked for."""

    @property
    def is_short(self) -> bool:
        """Whether the wallets hold less."""
        return self.held < self.owed


@dataclass
class Report:
    """What a comparison found."""

    compared: list[Compared] = field(default_factory=list)
    unseen: dict[str, str] = field(default_factory=dict)
    """Coins that could not be compared, each with the reason."""
    stopped: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether no coin is short."""
        return not any(one.is_short for one in self.compared)


def compare(*, stop: bool = True) -> Report:
    """Compare every coin that customers own and a chain carries; a shortage raises an alarm and stops the coin.

    A shortage is believed when it was seen twice. A coin one of whose networks can't be asked is told as unseen, by an
    alarm too; nothing is concluded about it. With `stop` false nothing is written.
    """
    report = Report()
    for coin in Coin.objects.filter(kind=CoinKind.CRYPTO).order_by("position", "code"):
        carriages = _carriages(coin)
        if not carriages:
            continue
        try:
            report.compared.append(_compare(coin, carriages))
        except DomainError as refusal:
            report.unseen[coin.code] = refusal.detail
            log.warning("wallets can't be compared", extra={"coin": coin.code, "slug": refusal.slug})
    if stop:
        _act(report)
    return report


def _act(report: Report) -> None:
    moment = now()
    for one in report.compared:
        if one.is_short and stops.stop(one.coin, reason=REASON):
            report.stopped.append(one.coin)
    short = {
        one.coin: Matter(moment, f"{to_text(one.held)} of {to_text(one.owed)} found") for one in report.compared if one.is_short
    }
    alarms.keep(AlarmKind.WALLETS_SHORT, short)
    alarms.keep(AlarmKind.WALLETS_UNSEEN, {code: Matter(moment, because) for code, because in report.unseen.items()})


def _carriages(coin: Coin) -> list[CoinNetwork]:
    """The networks over which money of the coin has come in or may: those that are open, and those with deposits."""
    used = Deposit.objects.filter(coin_network__coin=coin, state=DepositState.CREDITED).values("coin_network_id")
    opened = Q(is_enabled=True, is_deposit_open=True)
    rows = CoinNetwork.objects.filter(opened | Q(pk__in=used), coin=coin)
    return list(rows.select_related("coin", "network").order_by("pk"))


def _compare(coin: Coin, carriages: list[CoinNetwork]) -> Compared:
    found = _look(coin, carriages)
    return _look(coin, carriages) if found.is_short else found


def _look(coin: Coin, carriages: list[CoinNetwork]) -> Compared:
    held, asked = Decimal(0), 0
    owed = _owed(coin)
    for carried, address in _wallets(carriages):
        held += registry.gateway(carried.network.code).balance(address, asset=registry.asset(carried))
        asked += 1
        if held >= owed:
            owed = _owed(coin)  # once more, after the wallets were asked
            if held >= owed:
                return Compared(coin.code, owed, held, asked)
    return Compared(coin.code, _owed(coin), held, asked)


def _wallets(carriages: list[CoinNetwork]) -> Iterator[tuple[CoinNetwork, str]]:
    """Our addresses, those with most to be expected first: paying and cold wallets, then what deposits went to."""
    for carried in carriages:
        code = carried.network.code
        gateway = registry.gateway(code)
        own = [registry.hot_wallet(code), *settings.COLD_WALLETS.get(code, ())]
        yield from ((carried, address) for address in dict.fromkeys(map(gateway.validate_address, own)))
    for carried in carriages:
        credited = Deposit.objects.filter(coin_network=carried, state=DepositState.CREDITED)
        by_address = credited.values_list("deposit_address__address").annotate(total=Sum("amount")).order_by("-total")
        yield from ((carried, address) for address, _ in by_address.iterator(chunk_size=1_000))


def _owed(coin: Coin) -> Decimal:
    """What the wallets must hold at the least, now."""
    owned = LedgerAccount.objects.filter(coin=coin, owner__isnull=False).aggregate(total=Sum("balance"))["total"]
    sent = OutgoingTransaction.objects.filter(sendings__gt=0, withdrawal__coin_network__coin=coin)
    leaving = sent.exclude(withdrawal__state__in=ENDS).aggregate(total=Sum("withdrawal__amount"))["total"]
    gone = Deposit.objects.filter(coin_network__coin=coin, state=DepositState.CREDITED, contradicted_at__isnull=False)
    lost = gone.aggregate(total=Sum("amount"))["total"]
    return max(Decimal(0), (owned or Decimal(0)) - (leaving or Decimal(0)) - (lost or Decimal(0)))
