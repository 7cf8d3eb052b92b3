"""Withdrawals on the development chain over real HTTP, with a real signer and a node that loses its answers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from eth_account import Account
from pytest_django import Settings

from config.kit.money import to_text
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.raising import raise_fee
from tests.wallet.withdrawals.test_pipeline import resend
from wallet.chains import registry
from wallet.chains.development import genesis
from wallet.chains.development.client import DevelopmentChainClient
from wallet.chains.errors import FeeNotRaisable
from wallet.chains.evm_payload import EvmSigner
from wallet.chains.gateway import BroadcastOutcome, Sighting
from wallet.models import CoinNetwork, OutgoingTransaction, Posting, Withdrawal
from wallet.services import signing

SENDING = "eth_sendRawTransaction"


@pytest.fixture(autouse=True)
def network() -> None:
    """No scripted network here."""


@pytest.fixture
def signer(chain: DevelopmentChainClient, settings: Settings) -> EvmSigner:
    """A hot wallet with ether and dollars, and its key."""
    key = Account.create()
    settings.EVM_CHAIN_ID = genesis.CHAIN_ID
    settings.EVM_HOT_WALLET_ADDRESS = key.address
    settings.EVM_CALL_TIMEOUT_SECONDS = 2
    chain.send(coin="ETH", to=key.address, amount=Decimal(50))
    chain.send(coin="USDT", to=key.address, amount=Decimal(5000))
    return EvmSigner(bytes(key.key), chain_id=genesis.CHAIN_ID)


def sign_all(signer: EvmSigner) -> int:
    return signing.sign_waiting({"ETHEREUM": signer})


def received(address: str, coin: str = "ETH") -> Decimal:
    carried = CoinNetwork.objects.get(coin__code=coin, network__code="ETHEREUM")
    return registry.gateway("ETHEREUM").balance(address, asset=registry.asset(carried))


def finish(chain: DevelopmentChainClient, withdrawal: Withdrawal, *, steps: int = 6) -> Withdrawal:
    """Mine and step until it ends."""
    for _ in range(steps):
        if withdrawal.finished_at is not None:
            break
        chain.mine(3)
        resend(withdrawal)
        withdrawal = arrange.step(withdrawal)
    return withdrawal


@pytest.mark.parametrize("coin", ["ETH", "USDT"])
def test_the_money_arrives_and_the_books_agree(customer, chain, signer, coin):
    recipient = Account.create().address
    arrange.fund(customer, "100", coin=coin)
    before = arrange.money(customer, coin)
    withdrawal = arrange.approved(customer, coin=coin, amount="12.5", address=recipient)
    arrange.step(withdrawal)
    assert sign_all(signer) == 1
    ended = finish(chain, withdrawal)
    assert (ended.state, received(recipient, coin)) == ("success", Decimal("12.5"))
    assert arrange.money(customer, coin) == arrange.Money(before.available - ended.total, Decimal(0))
    paid = arrange.transaction_of(ended).network_fee
    assert paid is not None
    assert 0 < paid <= arrange.transaction_of(ended).fee_ceiling, to_text(paid)


@pytest.mark.parametrize("fault", ["lose_answer", "garbage", "late", "hang"])
def test_a_node_that_gives_no_clear_answer_makes_no_second_payment_and_no_release(customer, chain, signer, fault):
    recipient = Account.create().address
    withdrawal = arrange.approved(customer, address=recipient)
    arrange.step(withdrawal)
    sign_all(signer)
    stored = bytes(arrange.transaction_of(withdrawal).signed_bytes or b"")
    chain.arm(fault, method=SENDING, times=1, seconds=4)
    unsure = arrange.step(withdrawal)
    assert (unsure.state, arrange.money(customer).held) == ("unknown", withdrawal.total)
    chain.clear()
    ended = finish(chain, unsure)
    assert (ended.state, received(recipient)) == ("success", Decimal(1))
    assert arrange.money(customer).held == 0
    only = OutgoingTransaction.objects.get()
    assert bytes(only.signed_bytes or b"") == stored
    gateway = registry.gateway("ETHEREUM")
    assert gateway.next_nonce(signer.address) == 1


def test_a_node_that_times_out_after_really_broadcasting_pays_each_once_and_releases_nothing(
    customer, chain, signer, request, settings
):
    times = int(request.config.getoption("--lost-answers"))
    settings.EVM_CALL_TIMEOUT_SECONDS = 1
    recipient = Account.create().address
    chain.arm("late", method=SENDING, times=times, seconds=3)
    for place in range(times):
        withdrawal = arrange.approved(customer, amount="0.01", address=recipient)
        arrange.step(withdrawal)
        assert sign_all(signer) == 1
        unsure = arrange.step(withdrawal)
        assert (unsure.state, arrange.money(customer).held) == ("unknown", withdrawal.total)
        assert received(recipient) == Decimal("0.01") * (place + 1)  # it was really broadcast, and mined
        assert finish(chain, unsure).state == "success"
        assert (arrange.money(customer).held, received(recipient)) == (0, Decimal("0.01") * (place + 1))
    assert registry.gateway("ETHEREUM").next_nonce(signer.address) == times
    ended = Withdrawal.objects.filter(customer=customer, state="success")
    assert (ended.count(), OutgoingTransaction.objects.count()) == (times, times)
    assert not Posting.objects.filter(kind="withdrawal_release").exists()


def test_a_dropped_transaction_whose_nonce_another_used_is_proven_absent(customer, chain, signer):
    recipient = Account.create().address
    withdrawal = arrange.approved(customer, address=recipient)
    arrange.step(withdrawal)
    sign_all(signer)
    chain.arm("hang", method=SENDING, times=1)
    assert arrange.step(withdrawal).state == "unknown"
    chain.clear()
    gateway = registry.gateway("ETHEREUM")
    carried = withdrawal.coin_network
    rival = gateway.build(
        asset=registry.asset(carried), sender=signer.address, recipient=Account.create().address,
        amount=Decimal("0.5"), nonce=0,
    )  # fmt: skip
    gateway.broadcast(signer.sign(rival.payload).raw)
    chain.mine(carried.confirmations + 1)
    assert arrange.step(withdrawal).state == "failed"
    assert (received(recipient), arrange.money(customer)) == (Decimal(0), arrange.Money(Decimal(10), Decimal(0)))


def test_a_payment_that_no_block_takes_is_raised_and_the_money_arrives_once(customer, chain, signer, officers):
    chain.mine_on_send(wanted=False)
    recipient = Account.create().address
    withdrawal = arrange.approved(customer, address=recipient)
    arrange.step(withdrawal)
    sign_all(signer)
    assert arrange.step(withdrawal).state == "broadcast"
    former = arrange.transaction_of(withdrawal)
    raise_fee(withdrawal, officers[0])
    assert sign_all(signer) == 1
    dearer = arrange.transaction_of(withdrawal)
    assert arrange.step(withdrawal).state == "broadcast"
    gateway = registry.gateway("ETHEREUM")
    assert gateway.sighting(former.tx_hash or "") is Sighting.NOWHERE
    assert gateway.sighting(dearer.tx_hash or "") is Sighting.WAITING
    assert gateway.broadcast(bytes(former.signed_bytes or b"")).outcome is BroadcastOutcome.REFUSED
    chain.mine(1)
    assert gateway.broadcast(bytes(former.signed_bytes or b"")).outcome is BroadcastOutcome.REFUSED
    ended = finish(chain, withdrawal)
    assert (ended.state, received(recipient), gateway.next_nonce(signer.address)) == ("success", Decimal(1), 1)


def test_a_payment_behind_a_stuck_one_is_not_raised(customer, chain, signer, officers):
    chain.mine_on_send(wanted=False)
    first, second = (arrange.approved(customer, address=Account.create().address) for _ in range(2))
    for withdrawal in (first, second):
        arrange.step(withdrawal)
    sign_all(signer)
    for withdrawal in (first, second):
        arrange.step(withdrawal)
    with pytest.raises(FeeNotRaisable) as refusal:
        raise_fee(second, officers[0])
    assert refusal.value.reason == "waits_for_earlier"
