"""The gate before signing, the reservation behind it, and what the database refuses about both."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError

from accounts.services import holds
from accounts.services.officers import Act
from kyc.models import Case
from kyc.services import lowering
from tests.database import triggers_asleep
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.test_review import reject
from wallet.models import Coin, CoinNetwork, OutgoingTransaction, WithdrawalLimit
from wallet.services.withdrawals import errors, signing
from wallet.services.withdrawals.payload import payload_hash_of


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("address", arrange.OTHER_ADDRESS),
        ("amount", Decimal("1.5")),
        ("fee", Decimal(0)),
        ("memo", "7"),
        ("coin_network_id", "USDT"),
        ("payload_hash", b"0" * 32),
    ],
)
def test_any_change_of_the_payload_voids_the_approval(customer, network, column, value):
    withdrawal = arrange.approved(customer)
    if value == "USDT":
        value = CoinNetwork.objects.get(coin__code="USDT", network__code="ETHEREUM").pk
    arrange.by_hand(withdrawal, **{column: value})
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
    arrange.by_hand(withdrawal, address=arrange.OTHER_ADDRESS)
    forged = payload_hash_of(arrange.fresh(withdrawal))
    arrange.by_hand(withdrawal, payload_hash=forged)
    after = arrange.step(withdrawal)
    assert (after.state, "officers must have approved" in after.blocked_because) == ("approved", True)
    with pytest.raises(DatabaseError, match="standing approval"), transaction.atomic():
        reserve_raw(withdrawal, forged)


def test_a_state_set_by_hand_does_not_open_the_gate(customer):
    withdrawal = arrange.confirmed(customer)
    arrange.by_hand(withdrawal, state="approved", officers_required=0, is_flagged=False)
    after = arrange.step(withdrawal)
    assert (after.state, "officers must have approved" in after.blocked_because) == ("approved", True)


def test_the_database_refuses_a_reservation_without_the_officers(customer, officers):
    withdrawal = arrange.confirmed(customer)
    arrange.approve(withdrawal, officers[0])
    arrange.by_hand(withdrawal, state="approved")
    with pytest.raises(DatabaseError, match="standing approval"), transaction.atomic():
        reserve_raw(withdrawal, payload_hash_of(withdrawal))


def test_a_hold_that_came_after_the_approval_stops_the_money_until_it_ends(customer):
    withdrawal = arrange.approved(customer)
    hold = holds.start(user=customer, cause="password")
    blocked = arrange.step(withdrawal)
    assert (blocked.state, blocked.blocked_because != "") == ("approved", True)
    with triggers_asleep():
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


def test_a_level_that_was_lowered_after_the_approval_stops_the_money_until_it_is_reached_again(customer):
    withdrawal = arrange.approved(customer)
    (revoked,) = lowering.lower(user=customer, to_level=1, act=Act(reason="checked_anew", by="ops"))
    blocked = arrange.step(withdrawal)
    assert (blocked.state, "identity level" in blocked.blocked_because) == ("approved", True)
    assert not OutgoingTransaction.objects.exists()
    Case.objects.filter(pk=revoked.pk).update(state="approved")
    assert arrange.step(withdrawal).state == "signing"


def test_a_level_that_was_lowered_behind_the_gate_is_not_signed_for(customer):
    withdrawal = arrange.approved(customer)
    arrange.step(withdrawal)
    lowering.lower(user=customer, to_level=0, act=Act(reason="information_untrue", by="ops"))
    with pytest.raises(errors.GateClosed, match="identity level"):
        arrange.sign_all()
    assert arrange.transaction_of(withdrawal).signed_bytes is None


@pytest.fixture
def high(db):
    """A customer of level 3."""
    return arrange.customer(level=3)


def fall_to_two(user):
    """From level 3, of whose limits the customer has asked for more than level 2 lets out."""
    limits = WithdrawalLimit.objects.filter(coin__code="ETH", window_hours=24)
    limits.filter(level=2).update(maximum=Decimal("2.5"))
    lowering.lower(user=user, to_level=2, act=Act(reason="checked_anew", by="ops"))


def test_what_the_level_below_does_not_let_out_waits_until_the_level_is_reached_again(high):
    fits, exceeds = arrange.approved(high, amount="2"), arrange.approved(high, amount="1")
    waits = arrange.confirmed(high, amount="1")
    fall_to_two(high)
    assert arrange.step(fits).state == "signing"
    blocked = arrange.step(exceeds)
    assert (blocked.state, "more than the customer's identity level" in blocked.blocked_because) == ("approved", True)
    with pytest.raises(errors.WithdrawalHeld):
        arrange.approve(waits, arrange.officer())
    arrange.sign_all()
    Case.objects.filter(user=high, level=3).update(state="approved")
    assert arrange.step(exceeds).state == "signing"


def test_what_was_signed_before_the_level_fell_below_its_amount_is_not_sent(high, network):
    withdrawal = arrange.signed(high, amount="3")
    fall_to_two(high)
    assert arrange.step(withdrawal).state == "unknown"
    assert network.sent == []


def test_a_limit_that_was_made_smaller_stops_nothing_that_was_asked_for_before(customer):
    withdrawal = arrange.approved(customer, amount="3")
    WithdrawalLimit.objects.filter(coin__code="ETH", level=2).update(maximum=Decimal(1))
    assert arrange.step(withdrawal).state == "signing"


def test_a_fallen_level_without_a_limit_for_the_coin_lets_nothing_out(high):
    withdrawal = arrange.approved(high)
    WithdrawalLimit.objects.filter(coin__code="ETH", level=2).delete()
    lowering.lower(user=high, to_level=2, act=Act(reason="checked_anew", by="ops"))
    assert arrange.step(withdrawal).state == "approved"


def test_the_signer_asks_the_gate_again(customer):
    withdrawal = arrange.approved(customer)
    arrange.step(withdrawal)
    arrange.by_hand(withdrawal, address=arrange.OTHER_ADDRESS)
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
    arrange.by_hand(withdrawal, state="approved")
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
