"""Which gateway speaks for which network, and what a coin is on it."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from django.conf import settings

from wallet.chains.errors import NetworkNotConnected
from wallet.chains.gateway import Asset, Gateway

if TYPE_CHECKING:
    from wallet.chains.evm import EvmGateway

EVM_NETWORKS = {"ETHEREUM": "ETH"}
"""Networks behind EVM_RPC_URL and the coin that pays their fees, by their codes."""


class _Code(Protocol):
    @property
    def code(self) -> str:
        """The code by which we know it."""


class CarriedCoin(Protocol):
    """What the registry needs to know of a CoinNetwork."""

    @property
    def coin(self) -> _Code:
        """The coin."""

    @property
    def network(self) -> _Code:
        """The network."""

    @property
    def scale(self) -> int:
        """Decimals of the coin on the network."""

    @property
    def contract_address(self) -> str:
        """The token's contract; empty for the network's own coin."""


def gateway(network: str) -> Gateway:
    """The gateway to a network. Raises NetworkNotConnected."""
    coin = EVM_NETWORKS.get(network)
    if coin is None:
        raise NetworkNotConnected(network=network)
    timeout = float(settings.EVM_CALL_TIMEOUT_SECONDS)
    return _evm_gateway(network, coin, settings.EVM_RPC_URL, settings.EVM_CHAIN_ID, timeout, os.getpid())


def connected_networks() -> tuple[str, ...]:
    """Codes of the networks that have a gateway."""
    return tuple(EVM_NETWORKS)


def asset(coin_network: CarriedCoin) -> Asset:
    """One coin as one network carries it. Raises NetworkNotConnected."""
    network = coin_network.network.code
    own_coin = EVM_NETWORKS.get(network)
    contract = coin_network.contract_address or None
    if own_coin is None or (contract is None) != (coin_network.coin.code == own_coin):
        raise NetworkNotConnected(network=network)
    return Asset(coin=coin_network.coin.code, scale=coin_network.scale, contract=contract)


def hot_wallet(network: str) -> str:
    """The address that withdrawals of a network are paid from. Raises NetworkNotConnected."""
    if network not in EVM_NETWORKS or not settings.EVM_HOT_WALLET_ADDRESS:
        raise NetworkNotConnected(network=network)
    return str(settings.EVM_HOT_WALLET_ADDRESS)


def deposit_address(network: str, index: int) -> str:
    """The deposit address at a derivation index. Raises NetworkNotConnected, DerivationKeyUnfit."""
    if network not in EVM_NETWORKS or not settings.EVM_DEPOSIT_XPUB:
        raise NetworkNotConnected(network=network)
    from wallet.chains.derivation import evm_address  # a second of imports, which most processes never need

    return evm_address(settings.EVM_DEPOSIT_XPUB, index)


@lru_cache(maxsize=16)
def _evm_gateway(network: str, coin: str, url: str, chain_id: int, timeout_seconds: float, _process: int) -> EvmGateway:
    """One per process: a forked child must not talk through its parent's connections."""
    from wallet.chains.evm import EvmGateway  # two seconds of imports, which most processes never need

    return EvmGateway(network=network, coin=coin, url=url, chain_id=chain_id, timeout_seconds=timeout_seconds)
