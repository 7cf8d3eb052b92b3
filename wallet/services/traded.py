"""Coins and networks as programs look them up before they withdraw: what one request takes, its fee included."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max

from config.kit import money
from wallet.models.coins import Coin, CoinNetwork, NetworkKind
from wallet.models.withdrawal_limits import WithdrawalLimit
from wallet.services.deposits import addresses
from wallet.services.limits import DAY_HOURS
from wallet.services.outflow.letting import Outlook
from wallet.services.withdrawals import policy

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class TradedNetwork:
    """How a network carries a coin. `withdrawal_least` and `withdrawal_most` hold the fee."""

    code: str
    name: str
    kind: NetworkKind
    scale: int
    contract_address: str
    confirmations: int
    memo_required: bool
    is_deposit_open: bool
    is_withdrawal_open: bool
    deposit_minimum: Decimal
    withdrawal_fee: Decimal
    withdrawal_least: Decimal
    withdrawal_most: Decimal

    @property
    def is_open(self) -> bool:
        """In either direction."""
        return self.is_deposit_open or self.is_withdrawal_open


@dataclass(frozen=True, slots=True)
class TradedCoin:
    """A coin and its networks; what it can is what any of them can."""

    code: str
    name: str
    scale: int
    networks: tuple[TradedNetwork, ...]

    @property
    def is_deposit_open(self) -> bool:
        """Over any network."""
        return any(network.is_deposit_open for network in self.networks)

    @property
    def is_withdrawal_open(self) -> bool:
        """Over any network."""
        return any(network.is_withdrawal_open for network in self.networks)

    @property
    def withdrawal_least(self) -> Decimal:
        """Of the network that asks for least; 0 without one."""
        return min((network.withdrawal_least for network in self.networks), default=ZERO)

    @property
    def withdrawal_most(self) -> Decimal:
        """Of the network that takes most; 0 without one."""
        return max((network.withdrawal_most for network in self.networks), default=ZERO)


def listed() -> list[TradedCoin]:
    """Every enabled coin with its enabled networks, in the order of lists. The queries are as many, whatever their number."""
    outlook = Outlook()
    most = dict(WithdrawalLimit.objects.filter(window_hours=DAY_HOURS).values_list("coin_id").annotate(most=Max("maximum")))
    rows = CoinNetwork.objects.filter(is_enabled=True, network__is_enabled=True, coin__is_enabled=True)
    carried: dict[int, list[TradedNetwork]] = {}
    for row in rows.select_related("coin", "network").order_by("network__code"):
        carried.setdefault(row.coin_id, []).append(_network(row, most.get(row.coin_id), outlook))
    found = Coin.objects.filter(is_enabled=True).order_by("position", "code")
    return [TradedCoin(coin.code, coin.name, coin.scale, tuple(carried.get(coin.pk, ()))) for coin in found]


def _network(row: CoinNetwork, day_limit: Decimal | None, outlook: Outlook) -> TradedNetwork:
    scale = min(row.scale, row.coin.scale)
    fee = money.round_up(row.withdrawal_fee, scale)
    return TradedNetwork(
        code=row.network.code,
        name=row.network.name,
        kind=NetworkKind(row.network.kind),
        scale=scale,
        contract_address=row.contract_address,
        confirmations=row.confirmations,
        memo_required=row.memo_required,
        is_deposit_open=addresses.is_open(row),
        is_withdrawal_open=policy.is_open(row, outlook=outlook),
        deposit_minimum=row.deposit_minimum,
        withdrawal_fee=fee,
        withdrawal_least=row.withdrawal_minimum + fee,
        withdrawal_most=day_limit + fee if day_limit else ZERO,
    )
