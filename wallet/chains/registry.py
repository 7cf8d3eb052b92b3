"""Which gateway speaks for which network, and what a coin is on it.

Each network's settings share a prefix: `…_DEPOSIT_XPUB`, `…_HOT_WALLET_ADDRESS`, `…_SCAN_FROM_HEIGHT`, `…_NETWORK_FEE_MAX`
and where its node is. A network without a node is not connected.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Protocol

from django.conf import settings

from wallet.chains.errors import NetworkNotConnected
from wallet.chains.gateway import Asset, Gateway, Reservation, TransactionSigner


@dataclass(frozen=True, slots=True)
class Connection:
    """How we reach a network. The functions import what they need when they are first called: that takes seconds."""

    coin: str
    """The network's own coin, which pays its fees."""
    prefix: str
    """Of the names of its settings."""
    node: str
    """The setting that names its node; empty there: not connected."""
    key_file: str
    """The setting that names the file of the hot wallet's private key; in the signer's environment only."""
    reserves: Reservation
    gateway: Callable[[str, str], Gateway]
    """Given the network's code and its own coin."""
    signer: Callable[[str, bytes], TransactionSigner]
    """Given the network's code and a private key of 32 bytes."""
    derive: Callable[[str, int], str]
    """The deposit address below an extended public key at an index."""
    also: tuple[str, ...] = ()
    """Further settings that its gateway is made of."""


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
    connection = _connection(network)
    return _gateway(network, connection.gateway, connection.coin, os.getpid(), _made_of(connection))


def connected_networks() -> tuple[str, ...]:
    """Codes of the networks that have a gateway."""
    return tuple(code for code, connection in CONNECTIONS.items() if getattr(settings, connection.node))


def asset(coin_network: CarriedCoin) -> Asset:
    """One coin as one network carries it. Raises NetworkNotConnected."""
    network = coin_network.network.code
    contract = coin_network.contract_address or None
    if (contract is None) != (coin_network.coin.code == native_coin(network)):
        raise NetworkNotConnected(network=network)
    return Asset(coin=coin_network.coin.code, scale=coin_network.scale, contract=contract)


def native_coin(network: str) -> str:
    """The coin that pays a network's fees. Raises NetworkNotConnected."""
    return _connection(network).coin


def reserves(network: str) -> Reservation:
    """What a payment over the network takes from its wallet. Raises NetworkNotConnected."""
    return _connection(network).reserves


def hot_wallet(network: str) -> str:
    """The address that withdrawals of a network are paid from. Raises NetworkNotConnected."""
    return _needed(network, "HOT_WALLET_ADDRESS")


def network_fee_max(network: str) -> Decimal:
    """The most that one payment may pay to its network, in the network's coin. Raises NetworkNotConnected."""
    return Decimal(_needed(network, "NETWORK_FEE_MAX"))


def scan_from_height(network: str) -> int:
    """The first block that the watcher ever looks into. Raises NetworkNotConnected."""
    return int(_setting(network, "SCAN_FROM_HEIGHT"))


def deposit_key(network: str) -> str:
    """The extended public key below which deposit addresses are derived. Raises NetworkNotConnected."""
    return _needed(network, "DEPOSIT_XPUB")


def deposit_address(network: str, index: int) -> str:
    """The deposit address at a derivation index. Raises NetworkNotConnected, DerivationKeyUnfit."""
    return _connection(network).derive(deposit_key(network), index)


def signer(network: str, key: bytes) -> TransactionSigner:
    """The signer of a network with this private key. Raises NetworkNotConnected."""
    return _connection(network).signer(network, key)


def key_file(network: str) -> str:
    """The file of the hot wallet's private key; empty outside the signer, and where nothing is signed for the network.

    Raises NetworkNotConnected.
    """
    return str(getattr(settings, _connection(network).key_file))


def _connection(network: str) -> Connection:
    connection = CONNECTIONS.get(network)
    if connection is None or not getattr(settings, connection.node):
        raise NetworkNotConnected(network=network)
    return connection


def _setting(network: str, name: str) -> Any:
    return getattr(settings, f"{_connection(network).prefix}_{name}")


def _needed(network: str, name: str) -> str:
    value = str(_setting(network, name))
    if not value:
        raise NetworkNotConnected(network=network)
    return value


def _made_of(connection: Connection) -> tuple[Any, ...]:
    """What a gateway is made of: another node is another gateway."""
    return tuple(getattr(settings, name) for name in (connection.node, *connection.also))


@lru_cache(maxsize=32)
def _gateway(network: str, make: Callable[[str, str], Gateway], coin: str, _process: int, _parts: tuple[Any, ...]) -> Gateway:
    """One per process: a forked child must not talk through its parent's connections."""
    return make(network, coin)


def _evm_gateway(network: str, coin: str) -> Gateway:
    from wallet.chains.evm import EvmGateway

    return EvmGateway(
        network=network,
        coin=coin,
        url=settings.EVM_RPC_URL,
        chain_id=settings.EVM_CHAIN_ID,
        timeout_seconds=float(settings.EVM_CALL_TIMEOUT_SECONDS),
    )


def _evm_signer(network: str, key: bytes) -> TransactionSigner:
    from wallet.chains.evm_payload import EvmSigner

    return EvmSigner(key, chain_id=settings.EVM_CHAIN_ID)


def _evm_address(xpub: str, index: int) -> str:
    from wallet.chains.derivation import evm_address

    return evm_address(xpub, index)


def _bitcoin_gateway(network: str, coin: str) -> Gateway:
    from wallet.chains.bitcoin import BitcoinGateway

    return BitcoinGateway(
        network=network,
        coin=coin,
        url=settings.BITCOIN_RPC_URL,
        chain=settings.BITCOIN_CHAIN,
        fee_rate_fallback=Decimal(settings.BITCOIN_FEE_RATE_FALLBACK),
        fee_rate_max=Decimal(settings.BITCOIN_FEE_RATE_MAX),
        timeout_seconds=float(settings.BITCOIN_CALL_TIMEOUT_SECONDS),
    )


def _bitcoin_signer(network: str, key: bytes) -> TransactionSigner:
    from wallet.chains.bitcoin_addresses import CHAINS
    from wallet.chains.bitcoin_payload import BitcoinSigner

    return BitcoinSigner(key, chain=CHAINS[settings.BITCOIN_CHAIN])


def _bitcoin_address(xpub: str, index: int) -> str:
    from wallet.chains.bitcoin_addresses import CHAINS
    from wallet.chains.derivation import bitcoin_address

    return bitcoin_address(xpub, index, chain=CHAINS[settings.BITCOIN_CHAIN])


CONNECTIONS: Mapping[str, Connection] = MappingProxyType(
    {
        "ETHEREUM": Connection(
            coin="ETH",
            prefix="EVM",
            node="EVM_RPC_URL",
            key_file="SIGNER_KEY_FILE",
            reserves=Reservation.NONCE,
            gateway=_evm_gateway,
            signer=_evm_signer,
            derive=_evm_address,
            also=("EVM_CHAIN_ID", "EVM_CALL_TIMEOUT_SECONDS"),
        ),
        "BITCOIN": Connection(
            coin="BTC",
            prefix="BITCOIN",
            node="BITCOIN_RPC_URL",
            key_file="SIGNER_BITCOIN_KEY_FILE",
            reserves=Reservation.OUTPUTS,
            gateway=_bitcoin_gateway,
            signer=_bitcoin_signer,
            derive=_bitcoin_address,
            also=(
                "BITCOIN_CHAIN",
                "BITCOIN_CALL_TIMEOUT_SECONDS",
                "BITCOIN_FEE_RATE_MAX",
                "BITCOIN_FEE_RATE_FALLBACK",
            ),
        ),
    }
)
"""By the networks' codes."""
