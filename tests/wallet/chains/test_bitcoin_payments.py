"""What is built and signed on Bitcoin, and what is not."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from embit.psbt import PSBT
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.wallet.chains.bitcoin import (
    BTC,
    RECIPIENTS,
    connect,
    gateway,
    node,
    payer,
    payload_of,
    running,
)
from tests.wallet.nodes.bitcoin_node import REGTEST
from wallet.chains import bitcoin_payload
from wallet.chains.bitcoin_answers import outcome_of_refusal
from wallet.chains.bitcoin_coins import choose, satoshi
from wallet.chains.bitcoin_payload import DUST_SATOSHI, BitcoinSigner
from wallet.chains.errors import (
    AmountNotPayable,
    ChainUnavailable,
    InvalidAddress,
    InvalidMemo,
    PayloadUnreadable,
    PaymentWouldFail,
)
from wallet.chains.gateway import BroadcastOutcome, Output

__all__ = ["gateway", "node", "payer", "running"]


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
