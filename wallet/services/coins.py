"""Which coins there are, and over which networks they travel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from wallet.errors import UnknownCoin, UnknownNetwork
from wallet.models.coins import CODE_CHARACTERS_MAX, NETWORK_CODE_CHARACTERS_MAX, Coin, CoinNetwork, Network

ECHO_CHARACTERS_MAX = 32
"""How much of an unknown code a refusal repeats."""


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


def get(code: str) -> Coin:
    """The coin of this code. Raises UnknownCoin."""
    found = Coin.objects.filter(code=code, is_enabled=True).first() if len(code) <= CODE_CHARACTERS_MAX else None
    if found is None:
        raise UnknownCoin(coin=code[:ECHO_CHARACTERS_MAX])
    return found


def network(coin: str, network: str) -> CoinNetwork:
    """How the network of this code carries the coin of this code. Raises UnknownCoin, UnknownNetwork.

    Whether it is open now is for the caller to ask: money on its way may arrive over a closed network.
    """
    if len(network) <= NETWORK_CODE_CHARACTERS_MAX:
        rows = CoinNetwork.objects.select_related("coin", "network")
        found = rows.filter(coin__code=coin, coin__is_enabled=True, network__code=network).first()
        if found is not None:
            return found
    get(coin)
    raise UnknownNetwork(coin=coin, network=network[:ECHO_CHARACTERS_MAX])


def network_code(name: str) -> str:
    """The code of the network of this name; the text itself where it is none, so that codes are names too."""
    found = Network.objects.filter(name=name).values_list("code", flat=True).first()
    return name if found is None else found


def withdrawable_codes() -> list[str]:
    """Codes of the coins that could leave by a network, in the order of lists."""
    rows = Coin.objects.filter(is_enabled=True, networks__isnull=False).order_by("position", "code")
    return list(rows.values_list("code", flat=True).distinct())


def listed() -> Sequence[CoinView]:
    """Every enabled coin with its enabled networks, in the order of lists. Two queries, whatever their number."""
    found = Coin.objects.filter(is_enabled=True).order_by("position", "code")
    carried: dict[int, list[CarriedBy]] = {}
    rows = CoinNetwork.objects.filter(is_enabled=True, network__is_enabled=True, coin__is_enabled=True)
    for row in rows.select_related("coin", "network").order_by("network__code"):
        carried.setdefault(row.coin_id, []).append(_carried(row))
    return [
        CoinView(coin=coin.code, name=coin.name, kind=coin.kind, scale=coin.scale, networks=tuple(carried.get(coin.pk, ())))
        for coin in found
    ]


def _carried(row: CoinNetwork) -> CarriedBy:
    return CarriedBy(
        network=row.network.code,
        name=row.network.name,
        scale=row.scale,
        contract_address=row.contract_address,
        confirmations=row.confirmations,
        memo_required=row.memo_required,
        is_deposit_open=row.is_deposit_open,
        is_withdrawal_open=row.is_withdrawal_open and not row.coin.withdrawals_stopped_because,
        deposit_minimum=row.deposit_minimum,
        withdrawal_minimum=row.withdrawal_minimum,
        withdrawal_fee=row.withdrawal_fee,
    )
