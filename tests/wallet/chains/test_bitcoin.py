"""The gateway to Bitcoin against a node whose rules are Bitcoin Core's own: payments, raised fees, faults and absence."""

from __future__ import annotations

from decimal import Decimal

import pytest
from embit.psbt import PSBT

from tests.wallet.chains.bitcoin import (
    BTC,
    CONFIRMATIONS,
    RECIPIENTS,
    absent,
    connect,
    gateway,
    node,
    payer,
    payload_of,
    running,
    sign,
)
from wallet.chains.bitcoin import BitcoinGateway
from wallet.chains.errors import (
    ChainUnavailable,
    FeeNotRaisable,
)
from wallet.chains.gateway import Asset, BroadcastOutcome, Gateway, Sighting

__all__ = ["gateway", "node", "payer", "running"]


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
    for refusing, reason in ((wrong, "not_let_in"), (other, "wrong_chain"), (dead, "no_connection")):
        with pytest.raises(ChainUnavailable) as refusal:
            refusing.height()
        assert refusal.value.reason == reason
        assert "hush" not in repr(refusal.value) + str(refusal.value) + repr(refusing.__dict__)
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
    node.fee_rate = 70
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
