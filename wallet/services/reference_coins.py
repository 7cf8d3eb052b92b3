"""The coins and networks that every installation starts with. What an operator changed is left alone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from wallet.models.coins import Coin, CoinKind, CoinNetwork, Network, NetworkKind

COINS: dict[str, tuple[str, CoinKind, int]] = {
    "BTC": ("Bitcoin", CoinKind.CRYPTO, 8),
    "ETH": ("Ether", CoinKind.CRYPTO, 18),
    "USDT": ("Tether USD", CoinKind.CRYPTO, 8),
    "TRX": ("Tronix", CoinKind.CRYPTO, 6),
    "USD": ("US dollar", CoinKind.FIAT, 2),
    "TWD": ("New Taiwan dollar", CoinKind.FIAT, 2),
    "CNY": ("Renminbi", CoinKind.FIAT, 4),
}
"""Code → name, kind and scale. The scale of a coin is that of its finest network: USDT has 8 places on Omni and Liquid."""
NETWORKS: dict[str, tuple[str, NetworkKind]] = {
    "BITCOIN": ("Bitcoin", NetworkKind.BITCOIN),
    "LIQUID": ("Liquid", NetworkKind.BITCOIN),
    "OMNI": ("Omni", NetworkKind.BITCOIN),
    "ETHEREUM": ("Ethereum (ERC-20)", NetworkKind.EVM),
    "TRON": ("Tron (TRC-20)", NetworkKind.TRON),
    "BANK": ("Bank transfer", NetworkKind.BANK),
}


@dataclass(frozen=True)
class Carriage:
    """How a network carries a coin at the start; amounts as text."""

    coin: str
    network: str
    scale: int
    confirmations: int
    withdrawal_fee: str
    withdrawal_minimum: str
    deposit_minimum: str
    contract_address: str = ""


CARRIAGES = (
    Carriage("BTC", "BITCOIN", 8, 3, "0.0002", "0.001", "0.0001"),
    Carriage("BTC", "LIQUID", 8, 2, "0.00001", "0.0005", "0.00001"),
    Carriage("ETH", "ETHEREUM", 18, 12, "0.002", "0.01", "0.001"),
    Carriage("USDT", "OMNI", 8, 3, "20", "100", "10"),
    Carriage("USDT", "LIQUID", 8, 2, "1", "10", "1", "ce091c998b83c78bb71a632313ba3760f1763d9cfcffae02258ffa9865a37bd2"),
    Carriage("USDT", "ETHEREUM", 6, 12, "3", "10", "1", "0xdAC17F958D2ee523a2206206994597C13D831ec7"),
    Carriage("USDT", "TRON", 6, 20, "1", "10", "1", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
    Carriage("TRX", "TRON", 6, 20, "1", "20", "1"),
    Carriage("USD", "BANK", 2, 1, "25", "100", "10"),
    Carriage("TWD", "BANK", 0, 1, "15", "1000", "100"),
    Carriage("CNY", "BANK", 2, 1, "10", "500", "100"),
)
"""Every pair that the contracts name. All stay closed until an operator, or `--development`, opens them."""
DEVELOPMENT_OPEN = (("ETH", "ETHEREUM"), ("USDT", "ETHEREUM"))
"""What the development chain really carries."""
DEVELOPMENT_CONFIRMATIONS = 3


@dataclass
class Loaded:
    """What a run did, by row."""

    added: int = 0
    restored: int = 0
    left: int = 0
    """Rows that differ from the reference and were left as the operator set them."""


@transaction.atomic
def load(*, development: bool, reset: bool) -> Loaded:
    """Add what is missing. A row that is there stays as it is, unless `reset` restores it; code and scale never change."""
    done = Loaded()
    coins = {}
    for position, (code, (name, kind, scale)) in enumerate(COINS.items(), start=1):
        terms = {"name": name, "is_enabled": True, "position": position * 10}
        coins[code] = _keep(Coin, {"code": code}, terms, born={"kind": kind, "scale": scale}, reset=reset, done=done)
    networks = {}
    for code, (name, network_kind) in NETWORKS.items():
        terms = {"name": name, "kind": network_kind, "is_enabled": True}
        networks[code] = _keep(Network, {"code": code}, terms, born={}, reset=reset, done=done)
    for carriage in CARRIAGES:
        identity = {"coin": coins[carriage.coin], "network": networks[carriage.network]}
        _keep(CoinNetwork, identity, _terms(carriage, development=development), born={}, reset=reset, done=done)
    return done


def _terms(carriage: Carriage, *, development: bool) -> dict[str, Any]:
    opened = development and (carriage.coin, carriage.network) in DEVELOPMENT_OPEN
    return {
        "scale": carriage.scale,
        "contract_address": carriage.contract_address,
        "confirmations": DEVELOPMENT_CONFIRMATIONS if opened else carriage.confirmations,
        "memo_required": False,
        "deposit_minimum": Decimal(carriage.deposit_minimum),
        "withdrawal_minimum": Decimal(carriage.withdrawal_minimum),
        "withdrawal_fee": Decimal(carriage.withdrawal_fee),
        "is_enabled": True,
        "is_deposit_open": opened,
        "is_withdrawal_open": opened,
    }


def _keep(
    model: Any, identity: dict[str, Any], terms: dict[str, Any], *, born: dict[str, Any], reset: bool, done: Loaded
) -> Any:
    row = model.objects.filter(**identity).first()
    if row is None:
        done.added += 1
        return model.objects.create(**identity, **born, **terms)
    changed = {name: value for name, value in terms.items() if getattr(row, name) != value}
    if not changed:
        return row
    if not reset:
        done.left += 1
        return row
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed))
    done.restored += 1
    return row
