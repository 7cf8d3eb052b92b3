"""From approved to settled: the gate, the signer, the network, the books; and everything that goes wrong between."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from config.kit.clock import now
from tests.factories_messaging import unsent_messages
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.outside import BLOCK_HASH
from wallet.chains.errors import ChainUnavailable
from wallet.chains.gateway import BroadcastOutcome
from wallet.models import OutgoingTransaction, Withdrawal, WithdrawalEvent
from wallet.models.withdrawals import WithdrawalState
from wallet.services.withdrawals import books, errors, expiry, pipeline, reconciliation, signing


def test_the_whole_way_to_success(customer, network):
    withdrawal = arrange.sent(customer)
    assert withdrawal.state == "broadcast"
    arrange.mine(network, withdrawal, confirmations=1)
    assert arrange.step(withdrawal).state == "confirming"
    assert arrange.money(customer).held == withdrawal.total
    arrange.mine(network, withdrawal)
    assert arrange.step(withdrawal).state == "success"
    assert arrange.money(customer) == arrange.Money(10 - withdrawal.total, 0)
    told = {message.template for message in unsent_messages(customer.email)}
    assert {"withdrawal_sent", "withdrawal_success"} <= told
    states = list(WithdrawalEvent.objects.filter(withdrawal=withdrawal).order_by("id").values_list("state_after", flat=True))
    assert states == [
        "verification", "review", "second_review", "approved", "signing", "broadcast", "confirming", "success",
    ]  # fmt: skip
    arrange.step(withdrawal)
    assert len(network.sent) == 1


def test_the_signed_bytes_are_stored_before_anything_is_sent(customer, network):
    withdrawal = arrange.signed(customer)
    stored = arrange.transaction_of(withdrawal)
    assert (bytes(stored.signed_bytes or b"")[:7], stored.sendings, network.sent) == (b"signed:", 0, [])
    arrange.step(withdrawal)
    assert network.sent == [bytes(stored.signed_bytes or b"")]


def test_nothing_is_sent_while_nothing_is_signed(customer, network):
    withdrawal = arrange.approved(customer)
    assert arrange.step(withdrawal).state == "signing"
    assert arrange.step(withdrawal).state == "signing"
    assert network.sent == []


@pytest.mark.parametrize("outcome", [BroadcastOutcome.UNKNOWN, BroadcastOutcome.REFUSED])
def test_without_a_clear_yes_the_hold_stays_and_the_same_bytes_are_sent_again(customer, network, outcome):
    network.outcome = outcome
    withdrawal = arrange.sent(customer)
    assert (withdrawal.state, arrange.money(customer).held) == ("unknown", withdrawal.total)
    resend(withdrawal)
    assert arrange.step(withdrawal).state == "unknown"
    network.outcome = BroadcastOutcome.ALREADY_KNOWN
    resend(withdrawal)
    assert arrange.step(withdrawal).state == "broadcast"
    assert len(network.sent) == 3
    assert len(set(network.sent)) == 1
    assert OutgoingTransaction.objects.count() == 1


def test_an_unclear_answer_to_bytes_that_were_mined_ends_in_success(customer, network):
    network.outcome = BroadcastOutcome.UNKNOWN
    withdrawal = arrange.sent(customer)
    arrange.mine(network, withdrawal)
    assert arrange.step(withdrawal).state == "success"
    assert arrange.money(customer).held == 0


def test_a_worker_killed_between_sending_and_writing_sends_the_same_bytes(customer, network, monkeypatch):
    withdrawal = arrange.signed(customer)
    monkeypatch.setattr("wallet.services.withdrawals.broadcast._remember", killed)
    with pytest.raises(KeyboardInterrupt):
        arrange.step(withdrawal)
    monkeypatch.undo()
    monkeypatch.setattr("wallet.chains.registry.gateway", lambda _: network)
    assert arrange.fresh(withdrawal).state == "signing"
    assert arrange.step(withdrawal).state == "broadcast"
    assert len(network.sent) == 2
    assert len(set(network.sent)) == 1


def test_a_worker_killed_before_the_reservation_is_written_leaves_nothing(customer, network, monkeypatch):
    withdrawal = arrange.approved(customer)
    monkeypatch.setattr("wallet.services.withdrawals.signing._pass_gate", killed)
    with pytest.raises(KeyboardInterrupt):
        arrange.step(withdrawal)
    monkeypatch.undo()
    monkeypatch.setattr("wallet.chains.registry.gateway", lambda _: network)
    assert arrange.step(withdrawal).state == "signing"
    assert OutgoingTransaction.objects.count() == 1


def test_a_stalled_worker_can_not_write_after_its_lease_was_taken_over(customer):
    from wallet.services.withdrawals.leases import claim

    withdrawal = arrange.approved(customer)
    stalled = claim(withdrawal.pk, states=[WithdrawalState.APPROVED], holder="one")
    assert stalled is not None
    assert claim(withdrawal.pk, states=[WithdrawalState.APPROVED], holder="two") is None
    Withdrawal.objects.filter(pk=withdrawal.pk).update(lease_until=now() - timedelta(seconds=1))
    taken_over = claim(withdrawal.pk, states=[WithdrawalState.APPROVED], holder="two")
    assert taken_over is not None
    with pytest.raises(errors.LeaseLost):
        signing.prepare(stalled)
    assert signing.prepare(taken_over).nonce == 0


def test_a_silent_node_changes_nothing(customer, network):
    withdrawal = arrange.sent(customer)
    network.failure = ChainUnavailable(network="ETHEREUM")
    waiting = arrange.step(withdrawal)
    assert (waiting.state, waiting.blocked_because != "") == ("broadcast", True)
    assert arrange.money(customer).held == withdrawal.total


def test_a_reverted_transaction_fails_and_releases_everything(customer, network):
    withdrawal = arrange.sent(customer)
    arrange.mine(network, withdrawal, confirmations=1, succeeded=False)
    assert arrange.step(withdrawal).state == "confirming"
    arrange.mine(network, withdrawal, succeeded=False)
    assert arrange.step(withdrawal).state == "failed"
    assert arrange.money(customer) == arrange.Money(10, 0)


def test_a_receipt_of_a_block_that_the_chain_does_not_show_settles_nothing(customer, network):
    withdrawal = arrange.sent(customer)
    arrange.mine(network, withdrawal)
    network.block_hash = "0x0f0f"
    assert arrange.step(withdrawal).state == "broadcast"
    assert arrange.money(customer).held == withdrawal.total
    network.block_hash = BLOCK_HASH
    assert arrange.step(withdrawal).state == "success"


def test_the_house_pays_the_network(customer, network):
    from wallet.models import Entry

    withdrawal = arrange.sent(customer)
    arrange.mine(network, withdrawal)
    arrange.step(withdrawal)
    paid = Entry.objects.filter(posting__kind="network_fee").order_by("seq")
    assert sorted((entry.account.kind, entry.amount) for entry in paid) == [
        ("external_out", Decimal("0.00042")),
        ("network_cost", Decimal("-0.00042")),
    ]


def test_a_reorganisation_below_the_confirmations_waits_for_another_block(customer, network):
    withdrawal = arrange.sent(customer)
    arrange.mine(network, withdrawal, confirmations=1)
    assert arrange.step(withdrawal).state == "confirming"
    network.mined.clear()
    assert arrange.step(withdrawal).state == "broadcast"
    assert arrange.money(customer).held == withdrawal.total
    arrange.mine(network, withdrawal)
    assert arrange.step(withdrawal).state == "success"


def test_only_proof_that_it_can_never_be_mined_releases_by_itself(customer, network):
    network.outcome = BroadcastOutcome.UNKNOWN
    withdrawal = arrange.sent(customer)
    assert arrange.step(withdrawal).state == "unknown"
    network.absent.add(arrange.transaction_of(withdrawal).tx_hash or "")
    assert arrange.step(withdrawal).state == "failed"
    assert arrange.money(customer) == arrange.Money(10, 0)


def test_the_sweep_finds_what_no_bell_announced_and_leaves_the_signers_work(customer, network):
    ready, unsigned = arrange.approved(customer), arrange.approved(customer)
    Withdrawal.objects.update(lease_until=None)
    assert pipeline.sweep() == 2
    assert pipeline.sweep() == 0
    arrange.sign_all()
    assert pipeline.sweep() == 2
    assert {arrange.fresh(one).state for one in (ready, unsigned)} == {"broadcast"}
    assert len(network.sent) == 2


def test_the_sweep_serves_first_what_was_never_served(customer):
    paused, never = arrange.approved(customer), arrange.approved(customer)
    Withdrawal.objects.filter(pk=paused.pk).update(lease_until=now() - timedelta(seconds=1))
    Withdrawal.objects.filter(pk=never.pk).update(lease_until=None)
    assert pipeline.sweep(maximum=1) == 1
    assert (arrange.fresh(paused).state, arrange.fresh(never).state) == ("approved", "signing")


def test_one_that_can_not_expire_does_not_keep_the_others(customer, monkeypatch, caplog):
    first, second = arrange.ask(customer), arrange.ask(customer)
    Withdrawal.objects.update(expires_at=now() - timedelta(seconds=1))
    whole = books.release

    def broken(withdrawal):
        if withdrawal.pk == first.pk:
            raise ZeroDivisionError
        whole(withdrawal)

    monkeypatch.setattr(books, "release", broken)
    assert expiry.expire_due() == 1
    assert (arrange.fresh(first).state, arrange.fresh(second).state) == ("verification", "expired")
    assert "withdrawal could not expire" in caplog.text


def test_one_broken_row_does_not_stop_the_sweep(customer, network, monkeypatch):
    first, second = arrange.approved(customer), arrange.approved(customer)
    whole = signing.prepare

    def broken(lease):
        if lease.withdrawal_id == first.pk:
            raise ZeroDivisionError
        return whole(lease)

    monkeypatch.setattr(signing, "prepare", broken)
    Withdrawal.objects.update(lease_until=None)
    pipeline.sweep()
    assert (arrange.fresh(first).state, arrange.fresh(second).state) == ("approved", "signing")


def test_a_settled_withdrawal_that_left_the_chain_is_reported(customer, network):
    withdrawal = arrange.sent(customer)
    arrange.mine(network, withdrawal)
    arrange.step(withdrawal)
    assert reconciliation.vanished() == []
    network.mined.clear()
    assert [lost.withdrawal_id for lost in reconciliation.vanished()] == [withdrawal.pk]


def test_an_age_alarm_rings_and_moves_nothing(customer):
    withdrawal = arrange.confirmed(customer)
    assert reconciliation.ring_age_alarms() == []
    Withdrawal.objects.filter(pk=withdrawal.pk).update(state_since=now() - timedelta(hours=25))
    assert [(age.state, age.overdue) for age in reconciliation.ring_age_alarms()] == [("review", 1)]
    assert arrange.fresh(withdrawal).state == "review"


def resend(withdrawal):
    OutgoingTransaction.objects.filter(withdrawal=withdrawal).update(last_sent_at=now() - timedelta(minutes=5))


def killed(*args, **kwargs):
    raise KeyboardInterrupt
