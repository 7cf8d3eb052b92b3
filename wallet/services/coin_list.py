"""The coins and how networks carry them, as customers read them: what is closed shows as closed, whatever closed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from wallet.models.coins import Coin, CoinNetwork
from wallet.services.outflow.letting import Outlook


@dataclass(frozen=True, slots=True)
class CarriedBy:
    """How a network carries a coin, for customers."""

    network: str
    name: str
    scale: int
    contract_address: str
    confirmations: int
    memo_required: bool
    is_deposit_open: bool
    is_withdrawal_open: bool
    deposit_minimum: Decimal
    withdrawal_minimum: Decimal
    withdrawal_fee: Decimal


@dataclass(frozen=True, slots=True)
class CoinView:
    """A coin and its networks, for customers."""

    coin: str
    name: str
    kind: str
    scale: int
    networks: tuple[CarriedBy, ...]


def listed() -> Sequence[CoinView]:
    """Every enabled coin with its enabled networks, in the order of lists. The queries are as many, whatever their number."""
    outlook = Outlook()
    found = Coin.objects.filter(is_enabled=True).order_by("position", "code")
    carried: dict[int, list[CarriedBy]] = {}
    rows = CoinNetwork.objects.filter(is_enabled=True, network__is_enabled=True, coin__is_enabled=True)
    for row in rows.select_related("coin", "network").order_by("network__code"):
        carried.setdefault(row.coin_id, []).append(_carried(row, outlook))
    return [
        CoinView(coin=coin.code, name=coin.name, kind=coin.kind, scale=coin.scale, networks=tuple(carried.get(coin.pk, ())))
        for coin in found
    ]


def _carried(row: CoinNetwork, outlook: Outlook) -> CarriedBy:
    return CarriedBy(
        network=row.network.code,
        name=row.network.name,
        scale=row.scale,
        contract_address=row.contract_address,
        confirmations=row.confirmations,
        memo_required=row.memo_required,
        is_deposit_open=row.is_deposit_open,
        is_withdrawal_open=row.is_withdrawal_open
        and not row.coin.withdrawals_stopped_because
        and not outlook.closed_because(row),
        deposit_minimum=row.deposit_minimum,
        withdrawal_minimum=row.withdrawal_minimum,
        withdrawal_fee=row.withdrawal_fee,
    )
