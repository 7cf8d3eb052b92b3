"""From approved to settled: the gate, the signer, the network, the books; and everything that goes wrong between."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError

from accounts.services import holds
from config.kit.clock import now
from tests.factories_messaging import unsent_messages
from tests.wallet.withdrawals import arrange
from wallet.chains.errors import ChainUnavailable
from wallet.chains.gateway import BroadcastOutcome, Sighting
from wallet.models import Coin, CoinNetwork, OutgoingTransaction, Withdrawal, WithdrawalDecision, WithdrawalEvent
from wallet.services.withdrawals import absence, errors, pipeline, reconciliation, signing
from wallet.services.withdrawals.payload import payload_hash_of


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


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("address", arrange.OTHER_ADDRESS),
        ("amount", Decimal("1.5")),
        ("fee", Decimal(0)),
        ("memo", "7"),
        ("coin_network_id", "USDT"),
        ("customer_id", "other"),
        ("payload_hash", b"0" * 32),
    ],
)
def test_any_change_of_the_payload_voids_the_approval(customer, network, column, value):
    withdrawal = arrange.approved(customer)
    if value == "USDT":
        value = CoinNetwork.objects.get(coin__code="USDT", network__code="ETHEREUM").pk
    if value == "other":
        return  # the composite key of the decisions refuses it; see below
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE wallet_withdrawal SET {column} = %s WHERE id = %s", [value, withdrawal.pk])
    after = arrange.step(withdrawal)
    assert (after.state, "void" in after.blocked_because) == ("approved", True)
    assert not OutgoingTransaction.objects.exists()


def test_a_withdrawal_can_not_be_given_to_another_customer_once_it_was_decided_about(customer):
    withdrawal = arrange.approved(customer)
    other = arrange.customer(funds="0")
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("UPDATE wallet_withdrawal SET customer_id = %s WHERE id = %s", [other.pk, withdrawal.pk])


def test_payload_and_hash_changed_together_are_not_what_the_officers_approved(customer):
    withdrawal = arrange.approved(customer)
    Withdrawal.objects.filter(pk=withdrawal.pk).update(address=arrange.OTHER_ADDRESS)
    forged = payload_hash_of(arrange.fresh(withdrawal))
    Withdrawal.objects.filter(pk=withdrawal.pk).update(payload_hash=forged)
    after = arrange.step(withdrawal)
    assert (after.state, "officers must have approved" in after.blocked_because) == ("approved", True)
    with pytest.raises(DatabaseError, match="standing approval"), transaction.atomic():
        reserve_raw(withdrawal, forged)


def test_a_state_set_by_hand_does_not_open_the_gate(customer):
    withdrawal = arrange.confirmed(customer)
    Withdrawal.objects.filter(pk=withdrawal.pk).update(state="approved", officers_required=0, is_flagged=False)
    after = arrange.step(withdrawal)
    assert (after.state, "officers must have approved" in after.blocked_because) == ("approved", True)


def test_the_database_refuses_a_reservation_without_the_officers(customer, officers):
    withdrawal = arrange.confirmed(customer)
    arrange.approve(withdrawal, officers[0])
    Withdrawal.objects.filter(pk=withdrawal.pk).update(state="approved")
    with pytest.raises(DatabaseError, match="standing approval"), transaction.atomic():
        reserve_raw(withdrawal, payload_hash_of(withdrawal))


def test_a_hold_that_came_after_the_approval_stops_the_money_until_it_ends(customer):
    withdrawal = arrange.approved(customer)
    hold = holds.start(user=customer, cause="password")
    blocked = arrange.step(withdrawal)
    assert (blocked.state, blocked.blocked_because != "") == ("approved", True)
    hold.delete()
    assert arrange.step(withdrawal).state == "signing"


def test_a_stopped_coin_a_closed_network_and_a_frozen_customer_stop_at_the_gate(customer):
    withdrawal = arrange.approved(customer)
    Coin.objects.filter(code="ETH").update(withdrawals_stopped_because="the books differ")
    assert arrange.step(withdrawal).state == "approved"
    Coin.objects.filter(code="ETH").update(withdrawals_stopped_because="")
    CoinNetwork.objects.filter(coin__code="ETH").update(is_withdrawal_open=False)
    assert arrange.step(withdrawal).state == "approved"
    CoinNetwork.objects.filter(coin__code="ETH").update(is_withdrawal_open=True)
    type(customer).objects.filter(pk=customer.pk).update(status="suspended")
    assert arrange.step(withdrawal).state == "approved"
    type(customer).objects.filter(pk=customer.pk).update(status="normal")
    assert arrange.step(withdrawal).state == "signing"


def test_the_signer_asks_the_gate_again(customer):
    withdrawal = arrange.approved(customer)
    arrange.step(withdrawal)
    Withdrawal.objects.filter(pk=withdrawal.pk).update(address=arrange.OTHER_ADDRESS)
    with pytest.raises(errors.GateClosed):
        arrange.sign_all()
    assert arrange.transaction_of(withdrawal).signed_bytes is None


def test_what_the_signer_refuses_gives_its_nonce_back_and_can_be_rejected(customer, network):
    first = arrange.approved(customer)
    arrange.step(first)
    signing.refuse_to_sign(arrange.transaction_of(first).pk, because="amount")
    taken_back = arrange.step(first)
    assert (taken_back.state, taken_back.blocked_because) == ("approved", "the signer refused: amount")
    second = arrange.signed(customer)
    assert arrange.transaction_of(second).nonce == 0
    from tests.wallet.withdrawals.test_review import reject

    assert reject(taken_back, arrange.officer()).state == "rejected"
    assert arrange.money(customer).held == second.total
    assert network.sent == []


def test_nonces_follow_one_another_and_the_chains_own(customer, network):
    network.chain_nonce = 5
    nonces = [arrange.transaction_of(arrange.signed(customer)).nonce for _ in range(3)]
    assert nonces == [5, 6, 7]
    network.chain_nonce = 20
    assert arrange.transaction_of(arrange.signed(customer)).nonce == 20


def test_a_nonce_is_given_out_once(customer):
    first, second = arrange.signed(customer), arrange.approved(customer)
    nonce = arrange.transaction_of(first).nonce
    with pytest.raises(IntegrityError, match="outgoing_nonce_once"), transaction.atomic():
        reserve_raw(second, payload_hash_of(second), nonce=nonce)


def test_a_withdrawal_has_one_transaction(customer):
    withdrawal = arrange.signed(customer)
    Withdrawal.objects.filter(pk=withdrawal.pk).update(state="approved")
    with pytest.raises(IntegrityError, match="outgoing_one_per_withdrawal"), transaction.atomic():
        reserve_raw(withdrawal, payload_hash_of(withdrawal), nonce=99)


@pytest.mark.parametrize(
    "change", ["signed_bytes = 'other'", "signed_bytes = NULL, tx_hash = NULL, signed_at = NULL", "nonce = 9"]
)
def test_stored_bytes_and_reservations_are_never_replaced(customer, change):
    withdrawal = arrange.signed(customer)
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute(f"UPDATE wallet_outgoingtransaction SET {change} WHERE withdrawal_id = %s", [withdrawal.pk])
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute("DELETE FROM wallet_outgoingtransaction WHERE withdrawal_id = %s", [withdrawal.pk])


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
    stalled = claim(withdrawal.pk, states=[withdrawal.state], holder="one")
    assert stalled is not None
    assert claim(withdrawal.pk, states=[withdrawal.state], holder="two") is None
    Withdrawal.objects.filter(pk=withdrawal.pk).update(lease_until=now() - timedelta(seconds=1))
    taken_over = claim(withdrawal.pk, states=[withdrawal.state], holder="two")
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


def test_two_officers_may_declare_absence_and_one_may_not(customer, network, officers):
    network.outcome = BroadcastOutcome.UNKNOWN
    withdrawal = arrange.sent(customer)
    words = {"public_id": withdrawal.public_id, "reason": "three nodes", "seen_hash": payload_hash_of(withdrawal)}
    assert absence.declare(**words, officer=officers[0]).state == "unknown"
    with pytest.raises(errors.AlreadyDecided):
        absence.declare(**words, officer=officers[0])
    assert arrange.money(customer).held == withdrawal.total
    assert absence.declare(**words, officer=officers[1]).state == "failed"
    assert arrange.money(customer) == arrange.Money(10, 0)


@pytest.mark.parametrize("sighting", [Sighting.WAITING, Sighting.MINED])
def test_absence_can_not_be_declared_of_what_the_node_sees(customer, network, officers, sighting):
    network.outcome = BroadcastOutcome.UNKNOWN
    withdrawal = arrange.sent(customer)
    network.sightings[arrange.transaction_of(withdrawal).tx_hash or ""] = sighting
    with pytest.raises(errors.AbsenceUnproven):
        absence.declare(public_id=withdrawal.public_id, officer=officers[0], reason="x", seen_hash=payload_hash_of(withdrawal))
    assert not WithdrawalDecision.objects.filter(matter="absence").exists()


def test_the_sweep_finds_what_no_bell_announced_and_leaves_the_signers_work(customer, network):
    ready, unsigned = arrange.approved(customer), arrange.approved(customer)
    Withdrawal.objects.update(lease_until=None)
    assert pipeline.sweep() == 2
    assert pipeline.sweep() == 0
    arrange.sign_all()
    assert pipeline.sweep() == 2
    assert {arrange.fresh(one).state for one in (ready, unsigned)} == {"broadcast"}
    assert len(network.sent) == 2


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


def reserve_raw(withdrawal, digest, *, nonce=0):
    payload = b"raw"
    OutgoingTransaction.objects.create(
        withdrawal=withdrawal,
        network=withdrawal.coin_network.network,
        sender="0x00000000000000000000000000000000000000F0",
        nonce=nonce,
        unsigned_payload=payload,
        unsigned_hash=b"h" * 32,
        approved_hash=digest,
        fee_ceiling=0,
        lease_token=0,
    )
