"""Deposits of bitcoin by the watcher: below an extended public key, through reorganisations, with the watcher killed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from bip_utils import Bip84, Bip84Coins
from django.core.management import call_command

from tests.factories_kyc import level_one
from tests.wallet import processes
from tests.wallet.balances import available, postings_of
from tests.wallet.chains.bitcoin import node, running
from tests.wallet.nodes.bitcoin_node import BitcoinNode
from wallet.models.coins import CoinNetwork, Network
from wallet.models.deposits import Deposit, DepositState, WatcherCursor
from wallet.services.deposits import addresses, watching

__all__ = ["node", "running"]
pytestmark = pytest.mark.usefixtures("real_db")
_ACCOUNT = Bip84.FromSeed(bytes(range(32)), Bip84Coins.BITCOIN_REGTEST).Purpose().Coin().Account(0)
VPUB = _ACCOUNT.PublicKey().ToExtended()


@pytest.fixture
def network(node: BitcoinNode, settings: Any) -> Network:
    """Read from here on: what other tests did on the same chain is past."""
    settings.BITCOIN_RPC_URL = node.url
    settings.BITCOIN_CHAIN = "regtest"
    settings.BITCOIN_DEPOSIT_XPUB = VPUB
    settings.BITCOIN_SCAN_FROM_HEIGHT = node.mine()
    CoinNetwork.objects.filter(coin__code="BTC", network__code="BITCOIN").update(is_deposit_open=True)
    return Network.objects.get(code="BITCOIN")


@pytest.fixture
def confirmations(network: Network) -> int:
    """Blocks that a deposit asks for."""
    return CoinNetwork.objects.get(coin__code="BTC", network=network).confirmations


def address_of(customer: Any) -> str:
    return addresses.issue(customer=customer, coin="BTC", network="BITCOIN")[0].address


def look(network: Network) -> None:
    while watching.look_at(network):
        pass


def test_it_is_credited_at_its_confirmations_and_not_one_block_earlier(
    node: BitcoinNode, network: Network, confirmations: int
) -> None:
    customer, other = level_one(), level_one()
    mine, theirs = address_of(customer), address_of(other)
    assert mine != theirs
    assert mine.startswith("bcrt1q")
    node.pay(mine, "0.25")
    node.pay(mine, "0.5")
    node.mine(confirmations - 1)
    look(network)
    assert list(Deposit.objects.values_list("state", flat=True)) == ["pending", "pending"]
    assert available(customer, "BTC") == 0
    node.mine()
    look(network)
    assert (available(customer, "BTC"), available(other, "BTC")) == (Decimal("0.75"), 0)
    for _ in range(3):
        look(network)
    assert postings_of(customer, "BTC") == 2


@pytest.mark.parametrize("keeps", [True, False], ids=["mined again", "dropped"])
def test_a_reorganisation_below_the_confirmations_credits_what_stays_and_nothing_else(
    node: BitcoinNode, network: Network, confirmations: int, keeps: bool
) -> None:
    customer = level_one()
    tx_hash = node.pay(address_of(customer), "0.25")
    node.mine(confirmations - 1)
    look(network)
    node.reorganise(depth=confirmations - 1, dropped=() if keeps else (tx_hash,))
    node.mine(2 * confirmations)
    look(network)
    assert available(customer, "BTC") == (Decimal("0.25") if keeps else 0)
    states = set(Deposit.objects.values_list("state", flat=True))
    assert states == {DepositState.CREDITED if keeps else DepositState.ORPHANED}
    assert postings_of(customer, "BTC") == int(keeps)


def test_a_credited_deposit_that_leaves_the_chain_is_an_incident(
    node: BitcoinNode, network: Network, confirmations: int
) -> None:
    customer = level_one()
    tx_hash = node.pay(address_of(customer), "0.25")
    node.mine(confirmations)
    look(network)
    assert available(customer, "BTC") == Decimal("0.25")
    node.reorganise(depth=confirmations, dropped=(tx_hash,))
    node.mine(2 * confirmations)
    look(network)
    assert Deposit.objects.get().contradicted_at is not None or WatcherCursor.objects.get(network=network).halted_because
    assert postings_of(customer, "BTC") == 1


def test_a_node_in_trouble_delays_a_deposit_and_loses_none(
    node: BitcoinNode, network: Network, confirmations: int, settings: Any
) -> None:
    customer = level_one()
    node.pay(address_of(customer), "0.25")
    node.mine(confirmations)
    settings.BITCOIN_CALL_TIMEOUT_SECONDS = 1
    for fault in ("hang", "lose_answer", "garbage"):
        node.door.faults.clear()
        node.door.faults.arm(fault, times=50)
        watching.look_at(network)
        assert available(customer, "BTC") == 0, fault
    node.door.faults.clear()
    look(network)
    assert available(customer, "BTC") == Decimal("0.25")


@pytest.mark.slow
@pytest.mark.parametrize("table", ["wallet_watchercursor", "wallet_deposit", "wallet_watchedblock", "wallet_posting"])
def test_a_watcher_killed_at_a_write_credits_exactly_once(
    node: BitcoinNode, network: Network, confirmations: int, settings: Any, table: str
) -> None:
    customer = level_one()
    node.pay(address_of(customer), "0.25")
    node.mine(confirmations)
    environment = {
        "EVM_RPC_URL": "", "BITCOIN_RPC_URL": node.url, "BITCOIN_CHAIN": "regtest", "BITCOIN_DEPOSIT_XPUB": VPUB,
        "BITCOIN_SCAN_FROM_HEIGHT": str(settings.BITCOIN_SCAN_FROM_HEIGHT),
    }  # fmt: skip
    with processes.writes_stopped(table):
        processes.kill_at(table, processes.start("run_watcher", "--seconds", "0.05", **environment))
    assert available(customer, "BTC") == 0
    settings.EVM_RPC_URL = ""
    for _ in range(2):
        call_command("run_watcher", "--once")
    assert available(customer, "BTC") == Decimal("0.25")
    assert postings_of(customer, "BTC") == 1
