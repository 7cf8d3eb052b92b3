"""Raising a stuck payment's fee: the same payment, nonce and wallet, so that the network runs one of them and never both."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.services import holds
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.outside import sign
from tests.wallet.withdrawals.raising import due, raise_fee, raised, rows, signed, stuck
from wallet.chains.gateway import BroadcastOutcome, Sighting
from wallet.services.withdrawals import absence, bumping, errors, reads, reconciliation, signing
from wallet.services.withdrawals.payload import payload_hash_of

__all__ = ["stuck"]


def test_a_raised_payment_is_the_same_one_dearer_and_ends_once(customer, network, officers, stuck):
    assert raised(stuck, officers[0]).state == "broadcast"
    former, dearer = rows(stuck)
    assert (dearer.nonce, dearer.sender, dearer.replaces) == (former.nonce, former.sender, former)
    assert dearer.fee_ceiling > former.fee_ceiling
    assert network.sent == [bytes(former.signed_bytes or b""), bytes(dearer.signed_bytes or b"")]
    network.mine(dearer.tx_hash or "")
    assert arrange.step(stuck).state == "success"
    assert arrange.money(customer) == arrange.Money(10 - stuck.total, 0)
    assert [row.settled_at is not None for row in rows(stuck)] == [False, True]
    shown = reads.on_chain(arrange.fresh(stuck))
    assert shown is not None
    assert shown.tx_hash == dearer.tx_hash


def test_the_former_one_may_be_mined_after_all(customer, network, officers, stuck):
    raised(stuck, officers[0])
    former, dearer = rows(stuck)
    network.mine(former.tx_hash or "")
    assert arrange.step(stuck).state == "success"
    assert arrange.money(customer).held == 0
    assert [row.settled_at is not None for row in rows(stuck)] == [True, False]
    assert reconciliation.vanished() == []
    shown = reads.on_chain(arrange.fresh(stuck))
    assert shown is not None
    assert (shown.tx_hash, dearer.settled_at) == (former.tx_hash, None)


def test_a_reorganisation_may_exchange_the_two(network, officers, stuck):
    raised(stuck, officers[0])
    former, dearer = rows(stuck)
    network.mine(former.tx_hash or "", confirmations=1)
    assert arrange.step(stuck).state == "confirming"
    network.mined.clear()
    network.mine(dearer.tx_hash or "", confirmations=1)
    assert arrange.step(stuck).state == "confirming"
    assert [row.block_number is not None for row in rows(stuck)] == [False, True]


def test_absence_is_proven_for_all_of_them_or_not_at_all(customer, network, officers, stuck):
    raised(stuck, officers[0])
    former, dearer = rows(stuck)
    network.absent.add(former.tx_hash or "")
    due(stuck)
    assert arrange.step(stuck).state == "broadcast"
    network.absent.add(dearer.tx_hash or "")
    assert arrange.step(stuck).state == "failed"
    assert arrange.money(customer) == arrange.Money(10, 0)


def test_a_worker_raises_what_is_stuck_and_no_sooner(network, stuck, settings):
    settings.FEE_RAISE_AFTER_SECONDS = 600
    due(stuck)
    arrange.step(stuck)
    assert len(rows(stuck)) == 1
    signed(seconds_ago=601)
    due(stuck)
    arrange.step(stuck)
    former, dearer = rows(stuck)
    assert (dearer.raised_by, dearer.raised_because) == (None, "in no block for 10 minutes")
    assert set(network.sent) == {bytes(former.signed_bytes or b"")}
    due(stuck)
    arrange.step(stuck)
    assert len(rows(stuck)) == 2  # the signer has its turn


def test_with_zero_seconds_only_officers_raise(stuck, settings):
    settings.FEE_RAISE_AFTER_SECONDS = 0
    signed(seconds_ago=86_400)
    due(stuck)
    arrange.step(stuck)
    assert len(rows(stuck)) == 1


def test_where_the_node_refuses_the_dearer_one_the_former_goes_on(network, officers, stuck, monkeypatch):
    raise_fee(stuck, officers[0])
    arrange.sign_all()
    former, dearer = rows(stuck)
    network.refused = {bytes(dearer.signed_bytes or b"")}
    due(stuck)
    assert arrange.step(stuck).state == "broadcast"
    assert network.sent[-2:] == [bytes(dearer.signed_bytes or b""), bytes(former.signed_bytes or b"")]


def test_what_the_signer_refuses_leaves_the_former_as_it_was(network, officers, stuck):
    refused = raise_fee(stuck, officers[0])
    signing.refuse_to_sign(refused.pk, because="no")
    due(stuck)
    assert arrange.step(stuck).state == "broadcast"
    signed(seconds_ago=86_400)
    due(stuck)
    arrange.step(stuck)
    former, first, second = rows(stuck)
    assert (first.abandoned_at is not None, second.abandoned_at, second.replaces) == (True, None, former)


def test_a_refused_replacement_stops_nobody_behind_it(customer, officers):
    stuck = arrange.sent(customer)
    behind = arrange.approved(customer)
    arrange.step(behind)
    refused = raise_fee(stuck, officers[0])
    signing.refuse_to_sign(refused.pk, because="no")
    assert arrange.sign_all() == 1
    assert arrange.transaction_of(behind).signed_bytes is not None


def test_an_unsigned_replacement_stops_nobody_behind_it(customer, officers):
    stuck = arrange.sent(customer)
    raise_fee(stuck, officers[0])
    behind = arrange.approved(customer)
    arrange.step(behind)
    waiting = arrange.transaction_of(behind)
    assert signing.sign(waiting.pk, signer=sign)


def test_nothing_is_raised_of_what_a_block_holds_or_officers_gave_up(network, officers, stuck, settings):
    settings.WITHDRAWAL_ABSENCE_AFTER_SECONDS = 0
    network.sightings[arrange.transaction_of(stuck).tx_hash or ""] = Sighting.MINED
    with pytest.raises(errors.NotStuck):
        raise_fee(stuck, officers[0])
    network.sightings.clear()
    network.outcome = BroadcastOutcome.UNKNOWN
    due(stuck)
    unsure = arrange.step(stuck)
    absence.declare(public_id=stuck.public_id, officer=officers[0], reason="lost", seen_hash=payload_hash_of(unsure))
    with pytest.raises(errors.NotStuck):
        raise_fee(stuck, officers[1])
    assert len(rows(stuck)) == 1


def test_nothing_is_raised_before_it_was_sent(customer, officers):
    with pytest.raises(errors.NotStuck):
        raise_fee(arrange.signed(customer), officers[0])


def test_nothing_is_hurried_for_a_customer_who_is_held(customer, officers, stuck):
    holds.start(user=customer, cause="password")
    with pytest.raises(errors.GateClosed):
        raise_fee(stuck, officers[0])
    assert len(rows(stuck)) == 1


def test_what_was_raised_before_a_hold_came_is_not_signed_under_it(customer, officers, stuck):
    raise_fee(stuck, officers[0])
    holds.start(user=customer, cause="password")
    with pytest.raises(errors.GateClosed):
        arrange.sign_all()


def test_only_another_officer_than_the_customer_raises_and_it_is_audited(officers, stuck):
    from accounts.models import AuditRecord

    with pytest.raises(errors.PayloadChanged):
        bumping.raise_fee(public_id=stuck.public_id, officer=officers[0], reason="r", seen_hash=b"x" * 32)
    with pytest.raises(errors.NotAnOfficer):
        raise_fee(stuck, stuck.customer)
    raise_fee(stuck, officers[0])
    written = AuditRecord.objects.filter(act="withdrawal.fee_raised").get()
    assert (written.actor, written.reason) == (officers[0], "the customer waits")


def test_a_fee_is_raised_to_the_maximum_and_so_often(network, officers, stuck, settings):
    settings.EVM_NETWORK_FEE_MAX = "0.0015"
    with pytest.raises(errors.NetworkFeeTooHigh):
        raise_fee(stuck, officers[0])
    settings.EVM_NETWORK_FEE_MAX = "1"
    for _ in range(bumping.RAISES_MAX):
        raise_fee(stuck, officers[0])
        arrange.sign_all()
    with pytest.raises(errors.FeeRaisedTooOften):
        raise_fee(stuck, officers[0])


def test_while_one_waits_for_the_signer_no_other_is_made(officers, stuck):
    raise_fee(stuck, officers[0])
    with pytest.raises(errors.NotStuck):
        raise_fee(stuck, officers[0])


def test_a_wallet_counts_a_raised_payment_once_at_its_newest_fee(customer, network, officers, stuck):
    raised(stuck, officers[0])
    network.fee_ceiling = Decimal("0.001")
    network.funds["ETH"] = Decimal(2) + Decimal("0.003")
    assert arrange.step(arrange.approved(customer)).state == "signing"
