"""Officers: who may decide, how often, about what, and what the database says to each attempt."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from accounts.models import AuditRecord
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.flow import IllegalMove
from tests.factories_messaging import unsent_messages
from tests.wallet.withdrawals import arrange
from wallet.models import WithdrawalDecision, WithdrawalPolicy
from wallet.services.withdrawals import errors, review
from wallet.services.withdrawals.payload import payload_hash_of


def test_a_small_unflagged_withdrawal_needs_one_officer(customer, officers):
    paid_before(customer)
    waiting = arrange.confirmed(customer)
    assert (waiting.state, waiting.is_flagged, waiting.officers_required) == ("review", False, 1)
    assert arrange.approve(waiting, officers[0]).state == "approved"


def test_any_flag_asks_for_a_second_officer(customer, officers):
    waiting = arrange.confirmed(customer)
    assert (waiting.is_flagged, waiting.officers_required) == (True, 2)
    assert arrange.approve(waiting, officers[0]).state == "second_review"
    assert arrange.approve(waiting, officers[1]).state == "approved"


def test_from_the_threshold_two_officers_are_due(customer, officers):
    paid_before(customer)
    assert arrange.confirmed(customer, amount="4.9").officers_required == 1
    arrange.fund(customer, "10")
    assert arrange.confirmed(customer, amount="5").officers_required == 2


def test_a_coin_without_a_policy_needs_two(customer):
    paid_before(customer)
    WithdrawalPolicy.objects.filter(coin__code="ETH").delete()
    assert arrange.confirmed(customer).officers_required == 2


def test_a_threshold_lowered_meanwhile_counts(customer, officers):
    paid_before(customer)
    waiting = arrange.confirmed(customer)
    WithdrawalPolicy.objects.filter(coin__code="ETH").update(second_officer_from=1)
    assert arrange.approve(waiting, officers[0]).state == "second_review"


def test_one_officer_speaks_once(customer, officers):
    waiting = arrange.confirmed(customer)
    arrange.approve(waiting, officers[0])
    with pytest.raises(errors.AlreadyDecided):
        arrange.approve(waiting, officers[0])
    assert arrange.fresh(waiting).state == "second_review"


def test_the_database_refuses_the_same_officer_twice(customer, officers):
    waiting = arrange.confirmed(customer)
    arrange.approve(waiting, officers[0])
    with pytest.raises(IntegrityError, match="decision_officer_once"), transaction.atomic():
        insert_decision(waiting, customer, officers[0])


def test_the_database_refuses_the_customer_as_officer(customer, officers):
    waiting = arrange.confirmed(customer)
    with pytest.raises(IntegrityError, match="decision_officer_is_not_customer"), transaction.atomic():
        insert_decision(waiting, customer, customer)


def test_the_database_refuses_a_decision_that_names_another_customer(customer, officers):
    waiting = arrange.confirmed(customer)
    with (
        pytest.raises(IntegrityError, match="decision_of_the_withdrawals_customer"),
        transaction.atomic(),
    ):
        insert_decision(waiting, officers[1], officers[0])
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_nobody_decides_about_their_own_withdrawal(customer, officers):
    own = officers[0]
    waiting = arrange.confirmed(customer)
    arrange.by_hand(waiting, customer=own)
    with pytest.raises(errors.OfficerIsCustomer):
        arrange.approve(arrange.fresh(waiting), own)


def test_only_treasury_decides(customer):
    waiting = arrange.confirmed(customer)
    for stranger in (arrange.officer(role="compliance"), arrange.officer(role="auditor"), arrange.customer()):
        with pytest.raises(errors.NotAnOfficer):
            arrange.approve(waiting, stranger)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_decision_needs_a_reason(customer, officers, reason):
    waiting = arrange.confirmed(customer)
    with pytest.raises(errors.ReasonMissing):
        review.approve(public_id=waiting.public_id, officer=officers[0], reason=reason, seen_hash=payload_hash_of(waiting))


def test_an_unknown_id_is_absent(officers):
    with pytest.raises(Absent):
        review.approve(public_id="4203918275640192", officer=officers[0], reason="x", seen_hash=b"")


def test_what_the_officer_saw_must_be_what_stands_there(customer, officers):
    waiting = arrange.confirmed(customer)
    seen = payload_hash_of(waiting)
    arrange.by_hand(waiting, address=arrange.OTHER_ADDRESS)
    with pytest.raises(errors.PayloadChanged):
        review.approve(public_id=waiting.public_id, officer=officers[0], reason="x", seen_hash=seen)
    with pytest.raises(errors.PayloadChanged):
        arrange.approve(arrange.fresh(waiting), officers[0])
    assert not WithdrawalDecision.objects.exists()


def test_a_rejection_releases_the_money_and_says_why(customer, officers):
    waiting = arrange.confirmed(customer)
    assert reject(waiting, officers[0]).state == "rejected"
    assert arrange.money(customer) == arrange.Money(10, 0)
    assert "withdrawal_rejected" in {message.template for message in unsent_messages(customer.email)}
    with pytest.raises(IllegalMove):
        arrange.approve(waiting, officers[1])


def test_an_approval_can_be_taken_back_before_it_is_signed(customer):
    ready = arrange.approved(customer)
    assert reject(ready, arrange.officer()).state == "rejected"
    assert arrange.money(customer) == arrange.Money(10, 0)


def test_an_officer_who_approved_may_still_stop_it_while_another_is_due(customer, officers):
    waiting = arrange.confirmed(customer)
    arrange.approve(waiting, officers[0])
    assert reject(waiting, officers[0]).state == "rejected"
    matters = WithdrawalDecision.objects.filter(officer=officers[0]).order_by("id").values_list("matter", "verdict")
    assert list(matters) == [("approval", "approve"), ("recall", "reject")]
    assert arrange.money(customer) == arrange.Money(10, 0)


def test_what_is_being_signed_can_not_be_rejected_or_cancelled(customer, officers):
    signed = arrange.signed(customer)
    with pytest.raises(IllegalMove):
        reject(signed, officers[0])
    with pytest.raises(IllegalMove):
        arrange.take_back(customer, signed)
    assert arrange.money(customer).held == signed.total


def test_the_customer_can_take_it_back_until_an_officer_approved(customer, officers):
    waiting = arrange.confirmed(customer)
    arrange.approve(waiting, officers[0])
    with pytest.raises(IllegalMove):
        arrange.take_back(customer, waiting)


def test_each_decision_is_audited_with_the_payload_hash(customer, officers):
    waiting = arrange.confirmed(customer)
    arrange.approve(waiting, officers[0])
    record = AuditRecord.objects.get(subject=f"wallet.withdrawal:{waiting.public_id}")
    assert (record.actor, record.act, record.reason) == (officers[0], "withdrawal.approval.approve", "looks right")
    assert record.facts == {"payload_hash": payload_hash_of(waiting).hex()}


@pytest.mark.parametrize("table", ["withdrawalevent", "withdrawaldecision", "riskresult"])
@pytest.mark.parametrize("statement", ["UPDATE wallet_{} SET id = id", "DELETE FROM wallet_{}", "TRUNCATE wallet_{}"])
def test_evidence_can_not_be_changed_by_raw_sql(customer, officers, table, statement):
    arrange.approve(arrange.confirmed(customer), officers[0])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="after the fact"), transaction.atomic():
            cursor.execute(statement.format(table))


def reject(withdrawal, officer):
    return review.reject(public_id=withdrawal.public_id, officer=officer, reason="no", seen_hash=payload_hash_of(withdrawal))


def insert_decision(withdrawal, customer, officer):
    WithdrawalDecision.objects.create(
        withdrawal=withdrawal,
        customer=customer,
        officer=officer,
        verdict="approve",
        payload_hash=payload_hash_of(withdrawal),
        reason="raw",
    )


def paid_before(customer):
    """So that the address is not new."""
    arrange.fund(customer, "1")
    before = arrange.ask(customer, amount="0.5")
    long_ago = now() - timedelta(days=2)
    arrange.by_hand(before, state="success", created_at=long_ago, finished_at=long_ago)
