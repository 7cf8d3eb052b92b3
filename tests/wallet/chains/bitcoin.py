"""A gateway to Bitcoin, a node of its own kind and a wallet that pays, for the tests of both."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from config.kit.clock import now
from tests.wallet.nodes.bitcoin_node import REGTEST, BitcoinNode
from wallet.chains.bitcoin import BitcoinGateway
from wallet.chains.bitcoin_payload import BitcoinSigner
from wallet.chains.gateway import Asset, SignedTransaction

BTC = Asset("BTC", 8)
CONFIRMATIONS = 3
RECIPIENTS = {
    "segwit": "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
    "taproot": "bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6",
    "key hash": "mo9ncXisMeAoXwqcV5EWuyncbmCcQN4rVs",
    "script hash": "2N2JD6wb56AfK4tfmM6PwdVmoYk2dCKf4Br",
}


def connect(node: BitcoinNode, **changes: Any) -> BitcoinGateway:
    facts: dict[str, Any] = {
        "network": "BITCOIN", "coin": "BTC", "url": node.url, "chain": "regtest", "timeout_seconds": 2.0,
        "fee_rate_fallback": Decimal(0), "fee_rate_max": Decimal(300), **changes,
    }  # fmt: skip
    return BitcoinGateway(**facts)


@pytest.fixture(scope="module")
def running() -> Iterator[BitcoinNode]:
    started = BitcoinNode()
    yield started
    started.close()


@pytest.fixture
def node(running: BitcoinNode) -> BitcoinNode:
    running.door.faults.clear()
    running.fee_rate = 2
    running.mine()
    return running


@pytest.fixture
def gateway(node: BitcoinNode) -> BitcoinGateway:
    return connect(node)


@pytest.fixture
def payer(node: BitcoinNode) -> BitcoinSigner:
    """A new wallet with outputs of 1, 0.5 and 0.01."""
    signer = BitcoinSigner(secrets.token_bytes(32), chain=REGTEST)
    for amount in ("1", "0.5", "0.01"):
        node.pay(signer.address, amount)
    node.mine()
    return signer


def payload_of(gateway: BitcoinGateway, payer: BitcoinSigner, to: str, amount: str = "0.3") -> Any:
    return gateway.build(
        asset=BTC, sender=payer.address, recipient=to, amount=Decimal(amount), nonce=0,
        spendable=gateway.spendable(payer.address),
    )  # fmt: skip


def sign(
    gateway: BitcoinGateway, payer: BitcoinSigner, to: str = RECIPIENTS["segwit"], amount: str = "0.3"
) -> SignedTransaction:
    return payer.sign(payload_of(gateway, payer, to, amount).payload)


def absent(gateway: BitcoinGateway, payer: BitcoinSigner, payload: bytes, *hashes: str) -> bool:
    return gateway.proves_absence(
        payload=payload, sender=payer.address, tx_hashes=set(hashes), since=now() - timedelta(hours=1),
        confirmations=CONFIRMATIONS,
    )  # fmt: skip
