"""The EVM gateway against the real development chain: transfers, payments, and every fault of a node."""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection
from decimal import Decimal
from typing import Any

import pytest
from web3.exceptions import Web3RPCError

from tests.wallet.chain_process import ETH, USDT, ChainProcess
from wallet.chains.development import genesis
from wallet.chains.development.client import DevelopmentChainClient
from wallet.chains.errors import AmountNotPayable, ChainUnavailable, InvalidAddress, PaymentWouldFail
from wallet.chains.evm import EvmGateway
from wallet.chains.evm_answers import outcome_of_refusal
from wallet.chains.evm_payload import EvmSigner
from wallet.chains.gateway import NATIVE_OUTPUT, Asset, BroadcastOutcome, Gateway, Sighting, SignedTransaction

CONFIRMATIONS = 3


@pytest.fixture
def gateway(chain_process: ChainProcess, chain: DevelopmentChainClient) -> EvmGateway:
    """A gateway that waits as long as the product's."""
    return chain_process.gateway(timeout_seconds=20.0)


@pytest.fixture
def hurried(chain_process: ChainProcess, chain: DevelopmentChainClient) -> EvmGateway:
    """A gateway that gives up after a second, for questions that are not to be answered."""
    return chain_process.gateway(timeout_seconds=1.0)


@pytest.fixture
def payer(chain: DevelopmentChainClient) -> EvmSigner:
    """A new account with 10 ETH and 1,000 USDT."""
    signer = EvmSigner(secrets.token_bytes(32), chain_id=genesis.CHAIN_ID)
    chain.send(coin="ETH", to=signer.address, amount=Decimal(10))
    chain.send(coin="USDT", to=signer.address, amount=Decimal(1000))
    return signer


@pytest.fixture
def recipient() -> str:
    """An address that nobody has used."""
    return EvmSigner(secrets.token_bytes(32), chain_id=1).address


def sign(
    gateway: Gateway, payer: EvmSigner, to: str, *, asset: Asset = ETH, amount: str = "1", nonce: int | None = None
) -> SignedTransaction:
    """A payment, signed but not sent."""
    nonce = gateway.next_nonce(payer.address) if nonce is None else nonce
    unsigned = gateway.build(asset=asset, sender=payer.address, recipient=to, amount=Decimal(amount), nonce=nonce)
    return payer.sign(unsigned.payload)


def test_the_real_gateway_keeps_the_interface(gateway: EvmGateway) -> None:
    assert isinstance(gateway, Gateway)


@pytest.mark.parametrize(("asset", "amount"), [(ETH, "1.000000000000000001"), (USDT, "12.345678")])
def test_a_payment_arrives_and_is_confirmed_block_by_block(
    gateway: EvmGateway, chain: DevelopmentChainClient, payer: EvmSigner, recipient: str, asset: Asset, amount: str
) -> None:
    signed = sign(gateway, payer, recipient, asset=asset, amount=amount)
    answer = gateway.broadcast(signed.raw)
    assert (answer.outcome, answer.tx_hash) == (BroadcastOutcome.ACCEPTED, signed.tx_hash)
    assert gateway.balance(recipient, asset=asset) == Decimal(amount)
    first = gateway.receipt(signed.tx_hash)
    chain.mine(2)
    later = gateway.receipt(signed.tx_hash)
    assert first is not None
    assert later is not None
    assert (first.confirmations, later.confirmations, later.succeeded) == (1, 3, True)
    assert 0 < later.fee < Decimal("0.001")
    assert gateway.sighting(signed.tx_hash) is Sighting.MINED


def test_a_blocks_transfers_to_our_addresses_are_found_and_no_others(
    gateway: EvmGateway, chain: DevelopmentChainClient, payer: EvmSigner, recipient: str
) -> None:
    chain.mine_on_send(wanted=False)
    ether = chain.send(coin="ETH", to=recipient, amount=Decimal("0.5"))
    first = chain.send(coin="USDT", to=recipient, amount=Decimal("7.25"))
    second = chain.send(coin="USDT", to=recipient, amount=Decimal(1))
    chain.send(coin="ETH", to=payer.address, amount=Decimal(3))
    block = gateway.block(chain.mine())
    assert block is not None
    asked: list[Collection[str]] = []

    def ours(candidates: Collection[str]) -> set[str]:
        asked.append(candidates)
        return {candidate for candidate in candidates if candidate == recipient}

    found = gateway.transfers(block, assets=[ETH, USDT], ours=ours)
    assert [(t.tx_hash, t.output_index, t.asset.coin, t.amount) for t in found] == [
        (ether, NATIVE_OUTPUT, "ETH", Decimal("0.5")),
        (first, 0, "USDT", Decimal("7.25")),
        (second, 0, "USDT", Decimal(1)),  # its place in its own transaction, whatever else the block holds
    ]
    assert {(t.height, t.block_hash, t.recipient) for t in found} == {(block.height, block.hash, recipient)}
    assert {t.sender for t in found} == {genesis.faucet().address}
    assert payer.address in asked[0]


def test_a_reverted_payment_of_ether_is_no_transfer(
    gateway: EvmGateway, chain: DevelopmentChainClient, payer: EvmSigner
) -> None:
    fields: dict[str, Any] = {
        "type": 2, "chainId": genesis.CHAIN_ID, "nonce": 0, "to": genesis.USDT_ADDRESS, "value": 10**17, "data": "0x",
        "gas": 60_000, "maxFeePerGas": 10**11, "maxPriorityFeePerGas": 1,
    }  # fmt: skip
    raw = payer._account.sign_transaction(fields).raw_transaction  # the contract takes no ether
    tx_hash = chain.call("eth_sendRawTransaction", "0x" + bytes(raw).hex())
    receipt = gateway.receipt(tx_hash)
    assert receipt is not None
    assert not receipt.succeeded
    block = gateway.block(receipt.height)
    assert block is not None
    assert gateway.transfers(block, assets=[ETH], ours=lambda candidates: candidates) == ()


def test_sending_the_same_bytes_again_is_already_known(gateway: EvmGateway, payer: EvmSigner, recipient: str) -> None:
    signed = sign(gateway, payer, recipient)
    outcomes = [gateway.broadcast(signed.raw).outcome for _ in range(3)]
    assert outcomes == [BroadcastOutcome.ACCEPTED, BroadcastOutcome.ALREADY_KNOWN, BroadcastOutcome.ALREADY_KNOWN]
    assert gateway.balance(recipient, asset=ETH) == 1


@pytest.mark.parametrize("fault", ["lose_answer", "late", "garbage"])
def test_an_answer_that_is_lost_after_sending_is_unknown_and_the_money_moved_once(
    gateway: EvmGateway, hurried: EvmGateway, chain: DevelopmentChainClient, payer: EvmSigner, recipient: str, fault: str
) -> None:
    signed = sign(gateway, payer, recipient)
    chain.arm(fault, method="eth_sendRawTransaction")
    answer = hurried.broadcast(signed.raw)
    assert (answer.outcome, answer.tx_hash) == (BroadcastOutcome.UNKNOWN, signed.tx_hash)
    chain.clear()
    assert gateway.sighting(signed.tx_hash) is Sighting.MINED
    assert gateway.broadcast(signed.raw).outcome is BroadcastOutcome.ALREADY_KNOWN
    assert gateway.balance(recipient, asset=ETH) == 1


def test_a_node_that_hangs_is_unknown_within_the_time_limit(
    gateway: EvmGateway, hurried: EvmGateway, chain: DevelopmentChainClient, payer: EvmSigner, recipient: str
) -> None:
    signed = sign(gateway, payer, recipient)
    chain.arm("hang", method="eth_sendRawTransaction")
    began = time.monotonic()
    assert hurried.broadcast(signed.raw).outcome is BroadcastOutcome.UNKNOWN
    assert time.monotonic() - began < 15
    assert gateway.sighting(signed.tx_hash) is Sighting.NOWHERE


@pytest.mark.parametrize("fault", ["hang", "lose_answer", "garbage"])
def test_a_question_to_a_node_in_trouble_is_refused_as_unavailable(
    hurried: EvmGateway, chain: DevelopmentChainClient, recipient: str, fault: str
) -> None:
    questions = [
        hurried.height,
        lambda: hurried.block(0),
        lambda: hurried.receipt("0x" + "11" * 32),
        lambda: hurried.sighting("0x" + "11" * 32),
        lambda: hurried.next_nonce(recipient),
        lambda: hurried.balance(recipient, asset=USDT),
        lambda: hurried.build(asset=ETH, sender=recipient, recipient=recipient, amount=Decimal(1), nonce=0),
    ]
    for question in questions:
        chain.arm(fault)
        with pytest.raises(ChainUnavailable):
            question()
        chain.clear()


def test_no_node_at_all_is_unavailable_and_a_broadcast_unknown(payer: EvmSigner) -> None:
    dead = EvmGateway(network="ETHEREUM", coin="ETH", url="http://127.0.0.1:9", chain_id=1, timeout_seconds=1.0)
    with pytest.raises(ChainUnavailable):
        dead.height()
    assert dead.broadcast(b"\x02").outcome is BroadcastOutcome.UNKNOWN


def test_a_node_of_another_chain_is_never_believed(chain_process: ChainProcess, chain: DevelopmentChainClient) -> None:
    wrong = EvmGateway(network="ETHEREUM", coin="ETH", url=chain_process.url, chain_id=1)
    with pytest.raises(ChainUnavailable) as refusal:
        wrong.height()
    assert refusal.value.reason == "wrong_chain"


def test_a_second_transaction_of_the_same_nonce_is_refused(gateway: EvmGateway, payer: EvmSigner, recipient: str) -> None:
    one, other = sign(gateway, payer, recipient, nonce=0), sign(gateway, payer, recipient, amount="2", nonce=0)
    assert gateway.broadcast(one.raw).outcome is BroadcastOutcome.ACCEPTED
    assert gateway.broadcast(other.raw).outcome is BroadcastOutcome.REFUSED
    assert gateway.balance(recipient, asset=ETH) == 1


def test_words_that_we_do_not_know_are_unknown_not_refused(gateway: EvmGateway, payer: EvmSigner) -> None:
    for message in ("internal error", "too many requests", "header not found", ""):
        assert outcome_of_refusal({"error": {"code": -32000, "message": message}}) is BroadcastOutcome.UNKNOWN
    assert outcome_of_refusal(None) is BroadcastOutcome.UNKNOWN


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ("already known", BroadcastOutcome.ALREADY_KNOWN),
        ("known transaction: 0xab", BroadcastOutcome.ALREADY_KNOWN),
        ("AlreadyKnown", BroadcastOutcome.ALREADY_KNOWN),
        ("unknown transaction type: 5", BroadcastOutcome.UNKNOWN),
        ("nonce too low: next nonce 5", BroadcastOutcome.REFUSED),
    ],
)
def test_only_whole_words_mean_that_the_node_has_it(message: str, outcome: BroadcastOutcome) -> None:
    assert outcome_of_refusal({"error": {"code": -32000, "message": message}}) is outcome


def test_an_allowance_of_gas_that_is_too_small_is_a_lack_of_funds_and_no_outage(
    gateway: EvmGateway, payer: EvmSigner, recipient: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poor(_: Any) -> int:
        raise Web3RPCError("{'code': -32000, 'message': 'gas required exceeds allowance (0)'}")

    monkeypatch.setattr(gateway._web3.eth, "estimate_gas", poor)
    with pytest.raises(PaymentWouldFail) as refusal:
        sign(gateway, payer, recipient)
    assert refusal.value.reason == "insufficient_funds"


def test_a_waiting_transaction_counts_for_the_next_nonce(
    gateway: EvmGateway, chain: DevelopmentChainClient, payer: EvmSigner, recipient: str
) -> None:
    chain.mine_on_send(wanted=False)
    signed = sign(gateway, payer, recipient)
    gateway.broadcast(signed.raw)
    assert gateway.sighting(signed.tx_hash) is Sighting.WAITING
    assert gateway.receipt(signed.tx_hash) is None
    assert gateway.next_nonce(payer.address) == 1


@pytest.mark.parametrize(("asset", "amount", "reason"), [(ETH, "10", "insufficient_funds"), (USDT, "1000.1", "reverted")])
def test_a_payment_beyond_the_balance_is_not_built(
    gateway: EvmGateway, payer: EvmSigner, recipient: str, asset: Asset, amount: str, reason: str
) -> None:
    with pytest.raises(PaymentWouldFail) as refusal:
        sign(gateway, payer, recipient, asset=asset, amount=str(Decimal(amount) + Decimal(1)))
    assert refusal.value.reason == reason


def test_a_payment_finer_than_the_chain_or_to_a_bad_address_is_not_built(
    gateway: EvmGateway, payer: EvmSigner, recipient: str
) -> None:
    with pytest.raises(AmountNotPayable):
        sign(gateway, payer, recipient, asset=USDT, amount="0.0000001")
    with pytest.raises(InvalidAddress):
        sign(gateway, payer, genesis.USDT_ADDRESS, asset=USDT)


def test_the_same_question_builds_the_same_bytes(gateway: EvmGateway, payer: EvmSigner, recipient: str) -> None:
    made = {
        gateway.build(asset=USDT, sender=payer.address, recipient=recipient, amount=Decimal(1), nonce=0).payload
        for _ in range(3)
    }
    assert len(made) == 1
