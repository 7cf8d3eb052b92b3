"""Withdrawals of bitcoin through the services: outputs reserved, signed, sent, raised, released; a node of Core's shapes."""

from __future__ import annotations

import secrets
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from pytest_django import Settings

from config.kit.clock import now
from tests.database import triggers_asleep
from tests.wallet.chains.bitcoin import RECIPIENTS, node, running
from tests.wallet.nodes.bitcoin_node import REGTEST, BitcoinNode
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.crowd import at_once
from tests.wallet.withdrawals.raising import raise_fee
from tests.wallet.withdrawals.test_pipeline import resend
from wallet.chains.bitcoin_payload import BitcoinSigner
from wallet.models import CoinNetwork, OutgoingTransaction, Posting, Withdrawal
from wallet.models.outgoing import ReservedOutput
from wallet.services import signing
from wallet.services.withdrawals import pipeline, reservation

__all__ = ["node", "running"]


@pytest.fixture(autouse=True)
def network() -> None:
    """No scripted network here."""


@pytest.fixture
def signer(db: None, node: BitcoinNode, settings: Settings) -> BitcoinSigner:
    """Withdrawals of bitcoin open; a hot wallet with outputs of 1, 0.5 and 0.01, and its key."""
    made = BitcoinSigner(secrets.token_bytes(32), chain=REGTEST)
    settings.BITCOIN_RPC_URL = node.url
    settings.BITCOIN_CHAIN = "regtest"
    settings.BITCOIN_HOT_WALLET_ADDRESS = made.address
    settings.BITCOIN_CALL_TIMEOUT_SECONDS = 1
    CoinNetwork.objects.filter(coin__code="BTC", network__code="BITCOIN").update(is_withdrawal_open=True)
    for amount in ("1", "0.5", "0.01"):
        node.pay(made.address, amount)
    node.mine()
    return made


@pytest.fixture
def owner(customer: Any) -> Any:
    """A customer with two bitcoin."""
    arrange.fund(customer, "2", coin="BTC")
    return customer


def recipient() -> str:
    """An address that nobody was paid at before."""
    return BitcoinSigner(secrets.token_bytes(32), chain=REGTEST).address


def approved(owner: Any, amount: str = "0.3", address: str = RECIPIENTS["segwit"]) -> Withdrawal:
    return arrange.approved(owner, coin="BTC", network="BITCOIN", amount=amount, address=address)


def sign_all(signer: BitcoinSigner) -> int:
    return signing.sign_waiting({"BITCOIN": signer})


def finish(node: BitcoinNode, withdrawal: Withdrawal) -> Withdrawal:
    for _ in range(6):
        if withdrawal.finished_at is not None:
            break
        node.mine(3)
        resend(withdrawal)
        withdrawal = arrange.step(withdrawal)
    return withdrawal


def held(owner: Any) -> Any:
    return arrange.money(owner, "BTC").held


@pytest.mark.parametrize(("amount", "outputs"), [("0.3", 1), ("1.2", 2)])
def test_the_money_arrives_the_change_comes_back_and_the_books_agree(owner, node, signer, amount, outputs):
    address = recipient()
    withdrawal = approved(owner, amount, address)
    arrange.step(withdrawal)
    assert ReservedOutput.objects.filter(released_at=None).count() == outputs
    assert sign_all(signer) == 1
    stored = arrange.transaction_of(withdrawal)
    assert stored.signed_bytes
    ended = finish(node, arrange.step(withdrawal))
    assert (ended.state, node.received(address), held(owner)) == ("success", Decimal(amount), 0)
    paid = arrange.transaction_of(ended).network_fee
    assert paid is not None
    assert 0 < paid <= stored.fee_ceiling
    assert node.received(signer.address) == Decimal("1.51") - Decimal(amount) - paid


def test_a_node_that_times_out_after_really_broadcasting_pays_each_once_and_releases_nothing(owner, node, signer, request):
    times = int(request.config.getoption("--lost-answers"))
    address = recipient()
    for place in range(times):
        withdrawal = approved(owner, "0.001", address)
        arrange.step(withdrawal)
        assert sign_all(signer) == 1
        node.door.faults.arm("late", method="sendrawtransaction", times=1, seconds=2)
        unsure = arrange.step(withdrawal)
        assert (unsure.state, held(owner)) == ("unknown", withdrawal.total)
        assert finish(node, unsure).state == "success"
        assert (held(owner), node.received(address)) == (0, Decimal("0.001") * (place + 1))
    assert OutgoingTransaction.objects.count() == times
    assert not Posting.objects.filter(kind="withdrawal_release").exists()


def test_a_raised_fee_spends_the_same_outputs_and_the_money_arrives_once(owner, node, signer, officers):
    address = recipient()
    withdrawal = approved(owner, address=address)
    arrange.step(withdrawal)
    sign_all(signer)
    assert arrange.step(withdrawal).state == "broadcast"
    former, reserved = arrange.transaction_of(withdrawal), reservation.reserved_for(arrange.transaction_of(withdrawal))
    raise_fee(withdrawal, officers[0])
    assert sign_all(signer) == 1
    dearer = arrange.transaction_of(withdrawal)
    assert dearer.fee_ceiling > former.fee_ceiling
    assert sorted(signer.read(bytes(dearer.unsigned_payload)).inputs) == sorted(reserved)
    resend(withdrawal)
    arrange.step(withdrawal)
    assert set(node.chain.pool) == {dearer.tx_hash}
    assert (finish(node, withdrawal).state, node.received(address)) == ("success", Decimal("0.3"))


def test_two_payments_never_reserve_one_output_and_the_database_holds_that_alone(owner, signer):
    first, second = approved(owner), approved(owner, address=recipient())
    for withdrawal in (first, second):
        arrange.step(withdrawal)
    one, other = (arrange.transaction_of(withdrawal) for withdrawal in (first, second))
    assert not reservation.reserved_for(one) & reservation.reserved_for(other)
    taken = ReservedOutput.objects.get(outgoing=one)
    with pytest.raises(IntegrityError, match="reserved_output_once"), transaction.atomic():
        ReservedOutput.objects.create(
            network_id=taken.network_id, outgoing=other, tx_hash=taken.tx_hash, output_index=taken.output_index,
            amount=taken.amount,
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_three_workers_at_one_hot_wallet_reserve_each_output_once(real_db, owner, node, signer):
    waiting = [approved(owner, "0.005", recipient()) for _ in range(3)]
    at_once([partial(pipeline.advance, withdrawal.pk) for withdrawal in waiting])
    for withdrawal in waiting:
        if arrange.fresh(withdrawal).state == "approved":
            arrange.step(withdrawal)
    taken = list(ReservedOutput.objects.values_list("tx_hash", "output_index"))
    assert len(taken) == len(set(taken)) == 3
    assert sign_all(signer) == 3
    for withdrawal in waiting:
        assert finish(node, arrange.step(withdrawal)).state == "success"


def test_too_few_outputs_leave_the_payment_waiting_and_its_money_held(owner, node, signer):
    arrange.step(approved(owner, "1.1"))
    before = (held(owner), ReservedOutput.objects.count())
    withdrawal = approved(owner, "0.3")
    assert arrange.step(withdrawal).state == "approved"
    assert (held(owner), ReservedOutput.objects.count()) == (before[0] + withdrawal.total, before[1])
    node.pay(signer.address, "0.5")
    node.mine()
    assert arrange.step(withdrawal).state == "signing"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount": Decimal(5)}, "a reserved output stays what it is"),
        ({"tx_hash": "f" * 64}, "a reserved output stays what it is"),
        ({"released_at": now()}, "reserved while its payment may be mined"),
    ],
)
def test_a_reserved_output_is_neither_edited_nor_released_under_a_payment(owner, node, signer, changes, refusal):
    withdrawal = approved(owner)
    arrange.step(withdrawal)
    sign_all(signer)
    arrange.step(withdrawal)
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
        ReservedOutput.objects.update(**changes)


def test_a_reserved_output_is_never_deleted(owner, signer):
    arrange.step(approved(owner))
    with pytest.raises(DatabaseError, match="takes no DELETE"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM wallet_reservedoutput")


def test_a_payload_that_spends_other_outputs_than_the_reserved_is_not_signed(owner, node, signer):
    withdrawal = approved(owner)
    arrange.step(withdrawal)
    with triggers_asleep():
        ReservedOutput.objects.update(output_index=77)
    assert sign_all(signer) == 0
    assert "inputs" in arrange.transaction_of(withdrawal).signer_refusal
