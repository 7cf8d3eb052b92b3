"""Giving a payment up: never while it may still be mined, never beside a worker, never by one officer alone."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from config.kit.clock import now
from config.kit.flow import IllegalMove
from tests.wallet.withdrawals import arrange
from wallet.chains.gateway import BroadcastOutcome, Sighting
from wallet.models import OutgoingTransaction, Withdrawal, WithdrawalDecision
from wallet.models.withdrawals import WithdrawalState
from wallet.services.withdrawals import absence, broadcast, errors, leases, reconciliation
from wallet.services.withdrawals.payload import payload_hash_of


@pytest.fixture(autouse=True)
def at_once(settings):
    """Nobody waits half an hour here."""
    settings.WITHDRAWAL_ABSENCE_AFTER_SECONDS = 0


@pytest.fixture
def lost(customer, network) -> Withdrawal:
    """Sent, with no clear answer."""
    network.outcome = BroadcastOutcome.UNKNOWN
    return arrange.sent(customer)


def declare(withdrawal: Withdrawal, officer: Any) -> Withdrawal:
    return absence.declare(
        public_id=withdrawal.public_id, officer=officer, reason="three nodes", seen_hash=payload_hash_of(withdrawal)
    )


def consume_nonce(network, withdrawal):
    network.absent.add(arrange.transaction_of(withdrawal).tx_hash or "")


def words() -> int:
    return WithdrawalDecision.objects.filter(matter="absence").count()


def test_two_officers_may_declare_absence_of_a_consumed_nonce_and_one_may_not(customer, network, officers, lost):
    consume_nonce(network, lost)
    assert declare(lost, officers[0]).state == "unknown"
    with pytest.raises(errors.AlreadyDecided):
        declare(lost, officers[0])
    assert arrange.money(customer).held == lost.total
    assert declare(lost, officers[1]).state == "failed"
    assert arrange.money(customer) == arrange.Money(10, 0)


def test_the_second_word_is_refused_until_another_transaction_consumed_the_nonce(customer, network, officers, lost):
    declare(lost, officers[0])
    with pytest.raises(errors.NonceNotConsumed, match="nonce must be consumed first"):
        declare(lost, officers[1])
    assert (arrange.fresh(lost).state, words(), arrange.money(customer).held) == ("unknown", 1, lost.total)
    consume_nonce(network, lost)
    assert declare(lost, officers[1]).state == "failed"


@pytest.mark.parametrize("sighting", [Sighting.WAITING, Sighting.MINED])
def test_absence_can_not_be_declared_of_what_the_node_sees(network, officers, lost, sighting):
    network.sightings[arrange.transaction_of(lost).tx_hash or ""] = sighting
    with pytest.raises(errors.AbsenceUnproven):
        declare(lost, officers[0])
    assert words() == 0


def test_the_node_is_asked_only_while_no_worker_can_send(network, officers, lost, monkeypatch):
    taken = []
    whole = network.sighting

    def sighting(tx_hash: str) -> Sighting:
        taken.append(leases.claim(lost.pk, states=[WithdrawalState.UNKNOWN], holder="a worker"))
        return whole(tx_hash)

    monkeypatch.setattr(network, "sighting", sighting)
    declare(lost, officers[0])
    assert taken == [None]
    assert leases.claim(lost.pk, states=[WithdrawalState.UNKNOWN], holder="a worker") is not None


def test_nothing_is_declared_while_a_worker_holds_the_lease(officers, lost):
    Withdrawal.objects.filter(pk=lost.pk).update(lease_until=None)
    assert leases.claim(lost.pk, states=[WithdrawalState.UNKNOWN], holder="a worker") is not None
    with pytest.raises(errors.WithdrawalBusy):
        declare(lost, officers[0])
    assert words() == 0


def test_a_word_is_void_if_a_worker_took_the_lease_over_while_the_node_was_asked(network, officers, lost, monkeypatch):
    whole = network.sighting

    def slow(tx_hash: str) -> Sighting:
        Withdrawal.objects.filter(pk=lost.pk).update(lease_until=now() - timedelta(seconds=1))
        assert leases.claim(lost.pk, states=[WithdrawalState.UNKNOWN], holder="a worker") is not None
        return whole(tx_hash)

    monkeypatch.setattr(network, "sighting", slow)
    with pytest.raises(errors.WithdrawalBusy):
        declare(lost, officers[0])
    assert words() == 0


def test_a_worker_that_was_overtaken_by_an_officer_sends_nothing(network, officers, lost):
    Withdrawal.objects.filter(pk=lost.pk).update(lease_until=None)
    stalled = leases.claim(lost.pk, states=[WithdrawalState.UNKNOWN], holder="a worker")
    assert stalled is not None
    Withdrawal.objects.filter(pk=lost.pk).update(lease_until=now() - timedelta(seconds=1))
    declare(lost, officers[0])
    with pytest.raises(errors.LeaseLost):
        broadcast.send(stalled)
    assert len(network.sent) == 1


def test_what_one_officer_declared_absent_is_not_sent_again_but_still_followed(customer, network, officers, lost):
    declare(lost, officers[0])
    OutgoingTransaction.objects.filter(withdrawal=lost).update(last_sent_at=now() - timedelta(minutes=5))
    assert arrange.step(lost).state == "unknown"
    assert len(network.sent) == 1
    arrange.mine(network, lost)
    assert arrange.step(lost).state == "success"


def test_it_is_given_up_only_after_half_an_hour_without_a_clear_answer(settings, officers, lost):
    settings.WITHDRAWAL_ABSENCE_AFTER_SECONDS = 1800
    Withdrawal.objects.filter(pk=lost.pk).update(state_since=now() - timedelta(minutes=29))
    with pytest.raises(errors.AbsenceTooEarly):
        declare(lost, officers[0])
    Withdrawal.objects.filter(pk=lost.pk).update(state_since=now() - timedelta(minutes=31))
    assert declare(lost, officers[0]).state == "unknown"


def test_the_second_word_waits_half_an_hour_after_the_last_sending(settings, network, officers, lost):
    settings.WITHDRAWAL_ABSENCE_AFTER_SECONDS = 1800
    consume_nonce(network, lost)
    Withdrawal.objects.filter(pk=lost.pk).update(state_since=now() - timedelta(hours=2))
    declare(lost, officers[0])
    with pytest.raises(errors.AbsenceTooEarly):
        declare(lost, officers[1])
    OutgoingTransaction.objects.filter(withdrawal=lost).update(last_sent_at=now() - timedelta(minutes=31))
    assert declare(lost, officers[1]).state == "failed"


def test_what_the_node_took_can_not_be_declared_absent(customer, officers):
    with pytest.raises(IllegalMove):
        declare(arrange.sent(customer), officers[0])


def test_a_failed_withdrawal_that_the_chain_paid_after_all_is_critical(network, officers, lost, caplog):
    consume_nonce(network, lost)
    declare(lost, officers[0])
    declare(lost, officers[1])
    assert reconciliation.resurrected() == []
    network.mine(arrange.transaction_of(lost).tx_hash or "", succeeded=False)
    assert reconciliation.resurrected() == []
    arrange.mine(network, lost)
    with caplog.at_level(logging.CRITICAL):
        assert [paid.withdrawal_id for paid in reconciliation.resurrected()] == [lost.pk]
    assert "a failed withdrawal was paid on the chain" in caplog.text
