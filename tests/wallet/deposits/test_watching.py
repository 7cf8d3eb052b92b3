"""The watcher: every deposit once, at its confirmations, whatever the chain, the node or a kill do."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from tests.factories_kyc import level_one
from tests.wallet.balances import available, postings_of
from tests.wallet.chain_process import ChainProcess
from tests.wallet.deposits.arrange import level_lost, usdt_closed
from wallet.chains import registry
from wallet.chains.development.client import DevelopmentChainClient
from wallet.chains.evm_payload import EvmSigner
from wallet.models.coins import CoinNetwork, Network
from wallet.models.deposits import (
    Deposit,
    DepositEvent,
    DepositState,
    HeldBecause,
    WatchedBlock,
    WatcherCursor,
)
from wallet.services.deposits import addresses, books, crediting, reading, watching

pytestmark = pytest.mark.usefixtures("real_db")
NETWORK = "ETHEREUM"


@pytest.fixture(autouse=True)
def start(chain: DevelopmentChainClient, settings: Any) -> None:
    """Read from here on: what other tests did on the same chain is past."""
    settings.EVM_SCAN_FROM_HEIGHT = chain.mine(8) - 7


@pytest.fixture
def network(start: None) -> Network:
    """The network of the development chain."""
    return Network.objects.get(code=NETWORK)


def confirmations(coin: str) -> int:
    """Blocks that the coin asks for."""
    return CoinNetwork.objects.get(coin__code=coin, network__code=NETWORK).confirmations


def address_of(customer: Any) -> str:
    """Where the customer's deposits arrive."""
    issued, _ = addresses.issue(customer=customer, coin="ETH", network=NETWORK)
    return issued.address


def look_until_idle() -> None:
    """What the process does, until it would pause."""
    while watching.look():
        pass


@pytest.mark.parametrize(("coin", "amount"), [("ETH", "0.25"), ("USDT", "150.5")])
def test_a_deposit_is_credited_at_its_confirmations_and_not_one_block_earlier(
    chain: DevelopmentChainClient, coin: str, amount: str
) -> None:
    customer = level_one()
    tx_hash = chain.send(coin=coin, to=address_of(customer), amount=Decimal(amount))
    chain.mine(confirmations(coin) - 2)
    look_until_idle()
    deposit = Deposit.objects.get(tx_hash=tx_hash)
    assert (deposit.state, deposit.customer_id, deposit.amount) == (DepositState.PENDING, customer.pk, Decimal(amount))
    assert available(customer, coin) == 0
    chain.mine(1)
    look_until_idle()
    deposit.refresh_from_db()
    assert deposit.state == DepositState.CREDITED
    assert available(customer, coin) == Decimal(amount)
    assert [event.state_after for event in deposit.events.order_by("id")] == ["pending", "credited"]


def test_looking_again_and_again_credits_once(chain: DevelopmentChainClient) -> None:
    customer = level_one()
    chain.send(coin="USDT", to=address_of(customer), amount=Decimal(20))
    chain.mine(confirmations("USDT"))
    for _ in range(5):
        look_until_idle()
    WatcherCursor.objects.all().delete()  # as after a restore of an older cursor
    WatchedBlock.objects.all().delete()
    for _ in range(3):
        look_until_idle()
    assert available(customer, "USDT") == 20
    assert postings_of(customer, "USDT") == 1


def test_several_deposits_in_one_transaction_batch_are_each_credited(chain: DevelopmentChainClient) -> None:
    customer = level_one()
    to = address_of(customer)
    chain.mine_on_send(wanted=False)
    for _ in range(3):
        chain.send(coin="USDT", to=to, amount=Decimal(10))
    chain.send(coin="ETH", to=to, amount=Decimal(1))
    chain.mine(max(confirmations("USDT"), confirmations("ETH")))
    look_until_idle()
    assert (available(customer, "USDT"), available(customer, "ETH")) == (Decimal(30), Decimal(1))


def test_one_deposit_that_fails_in_an_unforeseen_way_stops_no_other(
    chain: DevelopmentChainClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlucky, lucky = level_one(), level_one()
    for customer in (unlucky, lucky):
        chain.send(coin="ETH", to=address_of(customer), amount=Decimal(1))
    whole = books.credit

    def broken(deposit: Deposit) -> int:
        if deposit.customer_id == unlucky.pk:
            raise ZeroDivisionError
        return whole(deposit)

    monkeypatch.setattr(books, "credit", broken)
    chain.mine(confirmations("ETH"))
    watching.look()
    assert (available(unlucky, "ETH"), available(lucky, "ETH")) == (Decimal(0), Decimal(1))
    monkeypatch.setattr(books, "credit", whole)
    look_until_idle()
    assert available(unlucky, "ETH") == 1


def test_sixteen_watchers_at_once_credit_once(chain: DevelopmentChainClient) -> None:
    customers = [level_one() for _ in range(3)]
    for customer in customers:
        chain.send(coin="USDT", to=address_of(customer), amount=Decimal(20))
    chain.mine(confirmations("USDT"))

    def watch(_: int) -> None:
        try:
            for _ in range(4):
                watching.look()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(watch, range(16)))
    look_until_idle()
    assert [available(customer, "USDT") for customer in customers] == [20, 20, 20]
    assert Deposit.objects.filter(state=DepositState.CREDITED).count() == 3


def test_a_reorganisation_below_the_confirmations_never_credits(chain: DevelopmentChainClient) -> None:
    customer = level_one()
    tx_hash = chain.send(coin="USDT", to=address_of(customer), amount=Decimal(20))
    chain.mine(confirmations("USDT") - 2)
    look_until_idle()
    chain.reorganise(depth=confirmations("USDT") - 1, dropped=[tx_hash])
    chain.mine(3 * confirmations("USDT"))
    look_until_idle()
    assert Deposit.objects.get(tx_hash=tx_hash).state == DepositState.ORPHANED
    assert available(customer, "USDT") == 0


def test_a_reorganisation_that_keeps_the_transaction_counts_its_confirmations_anew(
    chain: DevelopmentChainClient,
) -> None:
    customer = level_one()
    tx_hash = chain.send(coin="USDT", to=address_of(customer), amount=Decimal(20))
    chain.mine(confirmations("USDT") - 2)
    look_until_idle()
    before = Deposit.objects.get(tx_hash=tx_hash)
    chain.reorganise(depth=confirmations("USDT") - 2)  # the deposit's own block stays
    chain.reorganise(depth=confirmations("USDT") + 1)  # now it goes too
    look_until_idle()
    after = Deposit.objects.get(tx_hash=tx_hash)
    assert after.block_hash != before.block_hash
    chain.mine(confirmations("USDT"))
    look_until_idle()
    after.refresh_from_db()
    assert after.state == DepositState.CREDITED
    assert available(customer, "USDT") == 20
    assert postings_of(customer, "USDT") == 1


def test_a_block_that_left_the_chain_after_it_was_read_is_not_believed(chain: DevelopmentChainClient, network: Network) -> None:
    customer = level_one()
    tx_hash = chain.send(coin="USDT", to=address_of(customer), amount=Decimal(20))
    chain.mine(confirmations("USDT") - 1)
    gateway = registry.gateway(NETWORK)
    reading.read_on(network, gateway=gateway, from_height=chain.height() - confirmations("USDT"))
    chain.reorganise(depth=confirmations("USDT"), dropped=[tx_hash])
    assert crediting.credit_due(network, gateway=gateway) == 0
    assert available(customer, "USDT") == 0
    look_until_idle()
    assert Deposit.objects.get(tx_hash=tx_hash).state == DepositState.ORPHANED


def test_a_credited_deposit_that_leaves_the_chain_is_an_incident_and_comes_back_uncredited(
    chain: DevelopmentChainClient,
) -> None:
    customer = level_one()
    tx_hash = chain.send(coin="USDT", to=address_of(customer), amount=Decimal(20))
    chain.mine(confirmations("USDT"))
    look_until_idle()
    chain.reorganise(depth=confirmations("USDT") + 1, dropped=[tx_hash])
    look_until_idle()
    deposit = Deposit.objects.get(tx_hash=tx_hash)
    assert deposit.state == DepositState.CREDITED
    assert deposit.contradicted_at is not None
    assert available(customer, "USDT") == 20


def test_a_reorganisation_deeper_than_we_remember_halts_the_network(chain: DevelopmentChainClient, network: Network) -> None:
    look_until_idle()
    WatchedBlock.objects.update(block_hash="0x" + "00" * 32)
    WatcherCursor.objects.update(block_hash="0x" + "00" * 32)
    chain.mine(2)
    look_until_idle()
    cursor = WatcherCursor.objects.get(network=network)
    assert cursor.halted_because
    customer = level_one()
    chain.send(coin="USDT", to=address_of(customer), amount=Decimal(20))
    chain.mine(confirmations("USDT"))
    look_until_idle()
    assert available(customer, "USDT") == 0


@pytest.mark.parametrize("fault", ["hang", "lose_answer", "garbage"])
def test_a_node_in_trouble_delays_a_deposit_and_loses_none(
    chain: DevelopmentChainClient, chain_process: ChainProcess, settings: Any, fault: str
) -> None:
    settings.EVM_CALL_TIMEOUT_SECONDS = 1
    customer = level_one()
    chain.send(coin="USDT", to=address_of(customer), amount=Decimal(20))
    chain.mine(confirmations("USDT"))
    for method in ("eth_blockNumber", "eth_getBlockByNumber", "eth_getBlockByHash", "eth_getLogs", "eth_getTransactionReceipt"):
        chain.arm(fault, method=method)
        assert watching.look() is False
        chain.clear()
        assert available(customer, "USDT") == 0
    look_until_idle()
    assert available(customer, "USDT") == 20


def test_a_node_that_lags_behind_us_contradicts_nothing(chain: DevelopmentChainClient, network: Network) -> None:
    customer = level_one()
    tx_hash = chain.send(coin="USDT", to=address_of(customer), amount=Decimal(20))
    chain.mine(1)
    look_until_idle()

    class Lagging:
        """The same chain, two blocks late."""

        def __init__(self) -> None:
            self.real = registry.gateway(NETWORK)

        def height(self) -> int:
            return self.real.height() - 2

        def block(self, height: int) -> Any:
            return self.real.block(height) if height <= self.height() else None

    before = WatcherCursor.objects.get(network=network).height
    assert reading.read_on(network, gateway=Lagging(), from_height=0) == 0
    assert WatcherCursor.objects.get(network=network).height == before
    assert Deposit.objects.get(tx_hash=tx_hash).state == DepositState.PENDING


@pytest.mark.parametrize(
    ("amount", "prepare", "because"),
    [
        ("0.000001", None, HeldBecause.BELOW_MINIMUM),
        ("20", level_lost, HeldBecause.NOT_ENTITLED),
        ("20", usdt_closed, HeldBecause.CLOSED),
    ],
)
def test_what_may_not_be_credited_by_itself_waits_for_staff(
    chain: DevelopmentChainClient, amount: str, prepare: Callable[[Any], None] | None, because: HeldBecause
) -> None:
    customer = level_one()
    tx_hash = chain.send(coin="USDT", to=address_of(customer), amount=Decimal(amount))
    if prepare:
        prepare(customer)
    chain.mine(confirmations("USDT"))
    look_until_idle()
    deposit = Deposit.objects.get(tx_hash=tx_hash)
    assert (deposit.state, deposit.held_because) == (DepositState.HELD, because)
    assert available(customer, "USDT") == 0


def test_transfers_between_strangers_leave_no_trace(chain: DevelopmentChainClient) -> None:
    stranger = EvmSigner(secrets.token_bytes(32), chain_id=1).address
    chain.send(coin="USDT", to=stranger, amount=Decimal(5))
    chain.send(coin="ETH", to=stranger, amount=Decimal(5))
    chain.mine(20)
    look_until_idle()
    assert not Deposit.objects.exists()
    assert not DepositEvent.objects.exists()
