"""Withdrawals on the development chain over real HTTP, with a real signer and a node that loses its answers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from eth_account import Account
from pytest_django import Settings

from config.kit.money import to_text
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.test_pipeline import resend
from wallet.chains import registry
from wallet.chains.development import genesis
from wallet.chains.development.client import DevelopmentChainClient
from wallet.chains.evm_payload import EvmSigner
from wallet.models import CoinNetwork, OutgoingTransaction, Withdrawal
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
    registry._evm_gateway.cache_clear()
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


def test_twenty_lost_answers_in_a_row_pay_twenty_times(customer, chain, signer):
    recipient = Account.create().address
    ready = [arrange.approved(customer, amount="0.1", address=recipient) for _ in range(20)]
    for withdrawal in ready:
        arrange.step(withdrawal)
    assert sign_all(signer) == 20
    chain.arm("lose_answer", method=SENDING, times=20)
    unsure = [arrange.step(withdrawal) for withdrawal in ready]
    assert {withdrawal.state for withdrawal in unsure} == {"unknown"}
    assert arrange.money(customer).held == sum(withdrawal.total for withdrawal in ready)
    chain.clear()
    ended = [finish(chain, withdrawal) for withdrawal in unsure]
    assert {withdrawal.state for withdrawal in ended} == {"success"}
    assert received(recipient) == Decimal(2)
    assert registry.gateway("ETHEREUM").next_nonce(signer.address) == 20


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
