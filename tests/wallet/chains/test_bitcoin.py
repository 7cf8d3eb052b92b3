"""The gateway to Bitcoin against a node whose rules are Bitcoin Core's own: payments, raised fees, faults and absence."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from embit.psbt import PSBT
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from config.kit.clock import now
from tests.wallet.nodes.bitcoin_node import REGTEST, BitcoinNode
from wallet.chains import bitcoin_payload
from wallet.chains.bitcoin import BitcoinGateway
from wallet.chains.bitcoin_answers import outcome_of_refusal
from wallet.chains.bitcoin_coins import choose, satoshi
from wallet.chains.bitcoin_payload import DUST_SATOSHI, BitcoinSigner
from wallet.chains.errors import (
    AmountNotPayable,
    ChainUnavailable,
    FeeNotRaisable,
    InvalidAddress,
    InvalidMemo,
    PayloadUnreadable,
    PaymentWouldFail,
)
from wallet.chains.gateway import Asset, BroadcastOutcome, Gateway, Output, Sighting, SignedTransaction

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


def test_it_keeps_the_interface(gateway: BitcoinGateway) -> None:
    assert isinstance(gateway, Gateway)


@pytest.mark.parametrize("kind", RECIPIENTS)
def test_a_payment_to_each_kind_of_address_is_valid_and_confirmed_block_by_block(gateway, node, payer, kind) -> None:
    before = node.received(RECIPIENTS[kind])
    unsigned = payload_of(gateway, payer, RECIPIENTS[kind])
    signed = payer.sign(unsigned.payload)
    answer = gateway.broadcast(signed.raw)
    assert (answer.outcome, answer.tx_hash) == (BroadcastOutcome.ACCEPTED, signed.tx_hash)
    assert gateway.sighting(signed.tx_hash) is Sighting.WAITING
    assert gateway.receipt(signed.tx_hash) is None
    node.mine()
    first = gateway.receipt(signed.tx_hash)
    node.mine(2)
    later = gateway.receipt(signed.tx_hash)
    assert first is not None
    assert later is not None
    assert (first.confirmations, later.confirmations, later.succeeded, later.fee) == (1, 3, True, unsigned.fee_ceiling)
    assert node.received(RECIPIENTS[kind]) - before == Decimal("0.3")
    assert gateway.balance(payer.address, asset=BTC) == Decimal("1.51") - Decimal("0.3") - later.fee
    node.chain.require_agreement()


def test_its_size_is_what_it_is_estimated_so_the_rate_is_the_one_asked_for(gateway, node, payer) -> None:
    from embit.transaction import Transaction

    from tests.wallet.nodes.bitcoin_chain import virtual_size

    for amount in ("0.3", "1.2", "1.505"):
        unsigned = payload_of(gateway, payer, RECIPIENTS["segwit"], amount)
        size = virtual_size(Transaction.parse(payer.sign(unsigned.payload).raw))
        rate = unsigned.fee_ceiling * 10**8 / size
        assert Decimal(2) <= rate < Decimal("2.05")


def test_only_what_pays_us_is_found_in_a_block(gateway, node, payer) -> None:
    ours = RECIPIENTS["key hash"]
    first, second = node.pay(ours, "0.25"), node.pay(RECIPIENTS["taproot"], "0.5")
    block = gateway.block(node.mine())
    assert block is not None
    found = gateway.transfers(block, assets=[BTC], ours=lambda seen: {one for one in seen if one == ours})
    assert [(t.tx_hash, t.output_index, t.recipient, t.amount, t.block_hash) for t in found] == [
        (first, 0, ours, Decimal("0.25"), block.hash)
    ]
    assert second not in {t.tx_hash for t in found}
    assert gateway.transfers(block, assets=[Asset("USDT", 8, "31")], ours=lambda seen: seen) == ()


def test_a_block_that_left_the_chain_is_not_read(gateway, node) -> None:
    block = gateway.block(node.mine())
    node.reorganise(depth=1)
    assert block is not None
    with pytest.raises(ChainUnavailable):
        gateway.transfers(block, assets=[BTC], ours=lambda seen: seen)


def test_a_block_above_the_newest_is_none(gateway, node) -> None:
    assert gateway.block(gateway.height() + 1) is None


def test_sending_the_same_bytes_again_is_as_good_as_the_first_time(gateway, node, payer) -> None:
    signed = sign(gateway, payer)
    assert gateway.broadcast(signed.raw).outcome is BroadcastOutcome.ACCEPTED
    assert gateway.broadcast(signed.raw).outcome in (BroadcastOutcome.ACCEPTED, BroadcastOutcome.ALREADY_KNOWN)
    node.mine()
    assert gateway.broadcast(signed.raw).outcome is BroadcastOutcome.ALREADY_KNOWN


@pytest.mark.parametrize("fault", ["lose_answer", "garbage", "late"])
def test_an_answer_that_is_lost_after_sending_is_unknown_and_the_payment_is_one(gateway, node, payer, fault) -> None:
    signed = sign(gateway, payer)
    node.door.faults.arm(fault, "sendrawtransaction", seconds=4)
    assert gateway.broadcast(signed.raw).outcome is BroadcastOutcome.UNKNOWN
    node.door.faults.clear()
    assert gateway.sighting(signed.tx_hash) is Sighting.WAITING
    node.mine()
    assert gateway.broadcast(signed.raw).outcome is BroadcastOutcome.ALREADY_KNOWN


@pytest.mark.parametrize("fault", ["hang", "lose_answer", "garbage"])
def test_a_question_to_a_node_in_trouble_is_refused_as_unavailable(node, payer, fault) -> None:
    gateway = connect(node, timeout_seconds=0.5)
    questions = [
        gateway.height,
        lambda: gateway.block(0),
        lambda: gateway.receipt("11" * 32),
        lambda: gateway.sighting("11" * 32),
        lambda: gateway.spendable(payer.address),
        lambda: payload_of(gateway, payer, RECIPIENTS["segwit"]),
    ]
    for question in questions:
        node.door.faults.arm(fault)
        with pytest.raises(ChainUnavailable):
            question()
        node.door.faults.clear()


def test_a_wrong_password_another_chain_and_no_node_at_all_are_unavailable_and_tell_no_secret(node, payer) -> None:
    wrong = connect(node, url=node.url.replace("not-a-secret", "wrong-one"))
    other = connect(node, chain="main")
    dead = connect(node, url="http://quaestor:hush@127.0.0.1:9/")
    for gateway, reason in ((wrong, "not_let_in"), (other, "wrong_chain"), (dead, "no_connection")):
        with pytest.raises(ChainUnavailable) as refusal:
            gateway.height()
        assert refusal.value.reason == reason
        assert "hush" not in repr(refusal.value) + str(refusal.value) + repr(gateway.__dict__)
    assert dead.broadcast(b"\x02" * 10).outcome is BroadcastOutcome.REFUSED


def test_a_fee_is_raised_out_of_the_same_outputs_and_one_of_the_two_is_mined(gateway, node, payer) -> None:
    unsigned = payload_of(gateway, payer, RECIPIENTS["segwit"])
    former = payer.sign(unsigned.payload)
    gateway.broadcast(former.raw)
    dearer = gateway.raised(unsigned.payload, sender=payer.address)
    assert dearer.fee_ceiling > unsigned.fee_ceiling
    assert (payer.read(dearer.payload).inputs, payer.read(dearer.payload).units) == (
        payer.read(unsigned.payload).inputs, payer.read(unsigned.payload).units,
    )  # fmt: skip
    signed = payer.sign(dearer.payload)
    assert gateway.broadcast(signed.raw).outcome is BroadcastOutcome.ACCEPTED
    assert gateway.sighting(former.tx_hash) is Sighting.NOWHERE
    assert gateway.broadcast(former.raw).outcome is BroadcastOutcome.REFUSED
    node.mine()
    assert gateway.sighting(signed.tx_hash) is Sighting.MINED
    assert gateway.broadcast(former.raw).outcome is BroadcastOutcome.REFUSED


def test_a_raised_fee_follows_the_nodes_estimate_and_ends_where_the_change_does(gateway, node, payer) -> None:
    unsigned = payload_of(gateway, payer, RECIPIENTS["segwit"], "0.0099")
    node.fee_rate = 40
    dearer = gateway.raised(unsigned.payload, sender=payer.address)
    assert dearer.fee_ceiling * 10**8 >= 40 * 140
    node.fee_rate = 60
    last = gateway.raised(dearer.payload, sender=payer.address)
    assert len(PSBT.parse(last.payload).tx.vout) == 1  # its change was not worth an output any more
    node.fee_rate = 200
    with pytest.raises(FeeNotRaisable) as refusal:
        gateway.raised(last.payload, sender=payer.address)
    assert refusal.value.reason == "nothing_left"


def test_absence_is_proven_only_by_a_deep_stranger_that_spent_one_of_the_outputs(gateway, node, payer) -> None:
    unsigned = payload_of(gateway, payer, RECIPIENTS["segwit"])
    lost = payer.sign(unsigned.payload)
    node.mine(CONFIRMATIONS)
    assert not absent(gateway, payer, unsigned.payload, lost.tx_hash)  # silence, however long
    rival = sign(gateway, payer, RECIPIENTS["taproot"])
    gateway.broadcast(rival.raw)
    node.mine(CONFIRMATIONS - 1)
    assert not absent(gateway, payer, unsigned.payload, lost.tx_hash)  # it could still be reorganised away
    node.mine()
    assert absent(gateway, payer, unsigned.payload, lost.tx_hash)
    assert not absent(gateway, payer, unsigned.payload, lost.tx_hash, rival.tx_hash)  # one of our own two


@pytest.mark.parametrize(
    ("amount", "error"),
    [("1.6", PaymentWouldFail), ("0.000001", PaymentWouldFail), ("0.000000001", AmountNotPayable), ("0", AmountNotPayable)],
)
def test_what_can_not_be_paid_is_not_built(gateway, payer, amount, error) -> None:
    with pytest.raises(error):
        payload_of(gateway, payer, RECIPIENTS["segwit"], amount)


def test_a_bad_address_a_memo_and_a_missing_estimate_build_nothing(gateway, node, payer) -> None:
    with pytest.raises(InvalidAddress):
        payload_of(gateway, payer, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")
    with pytest.raises(InvalidMemo):
        gateway.validate_recipient(RECIPIENTS["segwit"], asset=BTC, memo="7")
    node.fee_rate = None
    with pytest.raises(ChainUnavailable) as refusal:
        payload_of(gateway, payer, RECIPIENTS["segwit"])
    assert refusal.value.reason == "no_fee_estimate"
    assert payload_of(connect(node, fee_rate_fallback=Decimal(5)), payer, RECIPIENTS["segwit"]).fee_ceiling > 0


def test_a_rate_beyond_all_reason_is_cut_to_the_maximum(node, payer) -> None:
    node.fee_rate = 5000
    unsigned = payload_of(connect(node, fee_rate_max=Decimal(10)), payer, RECIPIENTS["segwit"])
    assert unsigned.fee_ceiling * 10**8 < 10 * 160


def test_the_same_question_builds_and_signs_to_the_same_bytes(gateway, payer) -> None:
    made = {payload_of(gateway, payer, RECIPIENTS["segwit"]).payload for _ in range(3)}
    assert len(made) == 1
    assert len({payer.sign(next(iter(made))).raw for _ in range(3)}) == 1


def without(psbt: PSBT, place: int) -> None:
    del psbt.outputs[place]


def tampered(payload: bytes, change: Any) -> bytes:
    psbt = PSBT.parse(payload)
    change(psbt)
    return bytes(psbt.serialize())


@pytest.mark.parametrize(
    "change",
    [
        lambda psbt: setattr(psbt.inputs[0].witness_utxo, "value", 5),
        lambda psbt: setattr(psbt.inputs[0], "non_witness_utxo", None),
        lambda psbt: setattr(psbt.inputs[0].non_witness_utxo, "locktime", 7),
        lambda psbt: setattr(psbt.inputs[0], "sequence", 0xFFFFFFFF),
        lambda psbt: setattr(psbt.inputs[0], "vout", psbt.inputs[0].vout ^ 1),
        lambda psbt: setattr(psbt.outputs[1], "script_pubkey", psbt.outputs[0].script_pubkey),
        lambda psbt: setattr(psbt.outputs[1], "value", 10**10),
        lambda psbt: setattr(psbt, "locktime", 5),
    ],
)
def test_a_payload_that_was_tampered_with_is_not_signed(gateway, payer, change) -> None:
    payload = payload_of(gateway, payer, RECIPIENTS["segwit"]).payload
    assert payer.read(payload).recipient == RECIPIENTS["segwit"]
    with pytest.raises(PayloadUnreadable):
        payer.sign(tampered(payload, change))


def test_bytes_that_are_no_payment_and_anothers_outputs_are_not_signed(gateway, payer) -> None:
    payload = payload_of(gateway, payer, RECIPIENTS["segwit"]).payload
    for wrong in (b"", b"psbt\xff", payload + b"\0", payload[:-1], b"x" * 100):
        with pytest.raises(PayloadUnreadable):
            payer.sign(wrong)
    with pytest.raises(PayloadUnreadable):
        BitcoinSigner(b"\x01" * 32, chain=REGTEST).sign(payload)


def test_codes_that_we_do_not_know_mean_that_we_do_not_know() -> None:
    assert outcome_of_refusal(-1, "internal") is BroadcastOutcome.UNKNOWN
    assert outcome_of_refusal(-26, "txn-mempool-conflict") is BroadcastOutcome.REFUSED
    assert outcome_of_refusal(-26, "txn-already-in-mempool") is BroadcastOutcome.ALREADY_KNOWN


amounts = st.lists(st.integers(300, 10**9), min_size=1, max_size=30)


@hypothesis_settings(max_examples=200, deadline=None)
@given(amounts, st.integers(DUST_SATOSHI, 10**9), st.integers(1, 200))
def test_whatever_is_chosen_balances_and_pays_its_rate(worths: Sequence[int], units: int, rate: int) -> None:
    spendable = [Output(f"{place:064x}", place, Decimal(worth).scaleb(-8)) for place, worth in enumerate(worths)]
    scripts, own = [b"\0" * 22], b"\0" * 22
    chosen = choose(spendable, scripts=scripts, own=own, units=units, rate=Decimal(rate))
    if chosen is None:
        assert sum(worths) < units + rate * bitcoin_payload.virtual_size(len(worths), [*scripts, own]) + DUST_SATOSHI
        return
    assert sum(map(satoshi, chosen.outputs)) == units + chosen.change + chosen.fee
    outputs = [*scripts, own] if chosen.change else scripts
    assert chosen.fee >= rate * bitcoin_payload.virtual_size(len(chosen.outputs), outputs)
    assert chosen.change == 0 or chosen.change >= DUST_SATOSHI
