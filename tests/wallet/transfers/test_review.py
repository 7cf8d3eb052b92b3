"""Officers and rules: who decides, on what, and what no officer may do."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import AuditRecord, User
from accounts.services import freezing
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.flow import IllegalMove
from tests.database import triggers_asleep
from tests.factories_accounts import CLIENT
from tests.factories_messaging import read_message
from tests.wallet.transfers import arrange
from tests.wallet.withdrawals import arrange as withdrawals
from tests.wallet.withdrawals.outside import HOT_WALLET
from tests.wallet.withdrawals.test_key_caps import key_of
from wallet.models import Transfer, TransferDecision, TransferEvent, TransferPolicy, TransferRisk
from wallet.models.transfers import ENDS, TRANSFER_FLOW, TransferState
from wallet.services.actors import SYSTEM
from wallet.services.transfers import books, errors, review
from wallet.services.transfers.states import locked, move
from wallet.services.withdrawals.errors import AlreadyDecided, KeyCapExceeded, NotAnOfficer, PayloadChanged, ReasonMissing

pytestmark = pytest.mark.django_db


def test_one_officer_gives_and_two_are_due_from_the_threshold(sender, receiver, officers):
    one = arrange.reviewed(sender, receiver, officers=1)
    assert arrange.approve(one, officers[0]).state == "completed"
    two = arrange.reviewed(sender, receiver, officers=2)
    assert arrange.approve(two, officers[0]).state == "second_review"
    assert arrange.money(receiver) == arrange.Money(1, 0)
    with pytest.raises(AlreadyDecided):
        arrange.approve(two, officers[0])
    assert arrange.approve(two, officers[1]).state == "completed"
    assert (arrange.money(sender), arrange.money(receiver)) == (arrange.Money(8, 0), arrange.Money(2, 0))
    assert AuditRecord.objects.filter(act="transfer.approval.approve").count() == 3


def test_where_nothing_is_set_two_officers_decide(sender, receiver):
    TransferPolicy.objects.filter(coin__code="ETH").delete()
    assert arrange.given(sender, receiver).officers_required == 2


def test_a_threshold_lowered_since_asks_for_the_second_officer(sender, receiver, officers):
    transfer = arrange.reviewed(sender, receiver, officers=1)
    TransferPolicy.objects.filter(coin__code="ETH").update(second_officer_from="0.1")
    assert arrange.approve(transfer, officers[0]).state == "second_review"


def test_an_officers_no_releases_the_hold_and_the_sender_learns_why(sender, receiver, officers):
    transfer = arrange.reviewed(sender, receiver)
    arrange.approve(transfer, officers[0])
    assert arrange.decide(review.reject, transfer, officers[0], reason="a second thought").state == "rejected"
    assert arrange.money(sender) == arrange.Money(10, 0)
    assert read_message(sender.email, "transfer_rejected").facts["reason"] == "a second thought"
    assert list(TransferDecision.objects.order_by("id").values_list("matter", "verdict")) == [
        ("approval", "approve"), ("recall", "reject"),
    ]  # fmt: skip
    with pytest.raises(IllegalMove):
        arrange.approve(transfer, officers[1])


@pytest.mark.parametrize("party", ["sender", "receiver"])
def test_neither_party_decides_and_the_database_says_so_too(sender, receiver, party):
    transfer = arrange.reviewed(sender, receiver)
    officer = {"sender": sender, "receiver": receiver}[party]
    User.objects.filter(pk=officer.pk).update(is_staff=True)
    officer.groups.set(arrange.officer().groups.all())
    officer.refresh_from_db()
    for act in (arrange.approve, arrange.reject):
        with pytest.raises(errors.OfficerIsParty):
            act(transfer, officer)
    said = {"officer": officer, "verdict": "approve", "payload_hash": b"0" * 32, "reason": "mine"}
    with pytest.raises(IntegrityError, match="transfer_decision_officer_is_no_party"), transaction.atomic():
        TransferDecision.objects.create(transfer=transfer, sender=sender, receiver=receiver, **said)
    with pytest.raises(IntegrityError, match="transfer_decision_of_its_parties"), transaction.atomic():
        TransferDecision.objects.create(
            transfer=transfer, sender=arrange.officer(), receiver=receiver, **said | {"officer": arrange.officer()}
        )
        from django.db import connection

        connection.check_constraints()


def test_only_treasury_officers_decide_with_a_reason_about_what_they_saw(sender, receiver, officers):
    transfer = arrange.reviewed(sender, receiver)
    with pytest.raises(NotAnOfficer):
        arrange.approve(transfer, arrange.officer(role="compliance"))
    with pytest.raises(ReasonMissing):
        arrange.decide(review.approve, transfer, officers[0], reason="  ")
    seen = {"public_id": transfer.public_id, "officer": officers[0], "reason": "x"}
    with pytest.raises(PayloadChanged):
        review.approve(**seen, seen_hash=b"0" * 32)
    with pytest.raises(Absent):
        review.approve(**seen | {"public_id": 1}, seen_hash=b"0" * 32)
    with triggers_asleep():
        Transfer.objects.filter(pk=transfer.pk).update(amount="9")
    with pytest.raises(PayloadChanged):
        arrange.approve(transfer, officers[0])
    assert not TransferDecision.objects.exists()


def test_an_officer_can_not_give_what_an_account_stops(sender, receiver, officers):
    transfer = arrange.reviewed(sender, receiver, officers=1)
    freezing.freeze(user=receiver, client=CLIENT)
    with pytest.raises(errors.TransferHeld):
        arrange.approve(transfer, officers[0])
    assert not TransferDecision.objects.exists()
    assert arrange.reject(transfer, officers[0]).state == "rejected"


def test_a_signed_key_confirms_by_itself_and_a_receiver_never_paid_before_is_looked_at(sender, receiver, officers):
    key = key_of(sender, cap=None)
    first = arrange.ask(sender, receiver, api_key_id=key)
    assert (first.state, first.is_flagged, first.officers_required, first.verified_by) == ("review", True, 2, "api_key")
    for officer in officers:
        arrange.approve(first, officer)
    with_time = arrange.ask(sender, receiver, amount="0.5", api_key_id=key)
    assert (with_time.state, with_time.is_flagged) == ("completed", False)
    assert arrange.money(receiver) == arrange.Money(1.5, 0)


def test_a_keys_cap_counts_transfers_and_withdrawals_together(sender, receiver, settings):
    settings.EVM_HOT_WALLET_ADDRESS = HOT_WALLET
    key = key_of(sender, cap="1.004")
    arrange.ask(sender, receiver, amount="0.6", api_key_id=key)
    with pytest.raises(KeyCapExceeded):
        arrange.ask(sender, receiver, amount="0.5", api_key_id=key)
    with pytest.raises(KeyCapExceeded):
        withdrawals.ask(sender, amount="0.5", api_key_id=key)


def test_a_flag_asks_for_two_officers_and_its_inputs_are_kept(sender, receiver):
    User.objects.filter(pk=receiver.pk).update(registered_at=now() - timedelta(days=1))
    transfer = arrange.given(sender, receiver)
    assert (transfer.state, transfer.officers_required) == ("review", 2)
    kept = TransferRisk.objects.get()
    assert (kept.inputs["receiver_age_days"], kept.is_flagged) == (1, True)


@pytest.mark.parametrize(("state", "target"), TRANSFER_FLOW.illegal())
def test_an_illegal_move_is_refused_and_nothing_changes(sender, receiver, state, target):
    transfer = arrange.ask(sender, receiver)
    by_hand(transfer, state)
    events = TransferEvent.objects.count()
    with pytest.raises(IllegalMove):
        move(locked(transfer.pk), TransferState(target), actor=SYSTEM, reason="trying")
    assert (arrange.fresh(transfer).state, TransferEvent.objects.count()) == (state, events)


def by_hand(transfer: Transfer, state: str) -> None:
    with triggers_asleep():
        Transfer.objects.filter(pk=transfer.pk).update(state=state, finished_at=now() if state in ENDS else None)


def raw_change(transfer: Transfer, **changes: object) -> None:
    with transaction.atomic():
        Transfer.objects.filter(pk=transfer.pk).update(**changes)


def refused_as(transfer: Transfer, target: str) -> str:
    """The name of the rule by which the database refuses the move, or nothing. Ends lack their posting here."""
    try:
        raw_change(transfer, state=target, finished_at=now() if target in ENDS else None)
    except IntegrityError as refusal:
        return str(refusal.__cause__.diag.constraint_name)
    return ""


def test_the_database_allows_the_moves_of_the_flow_and_no_others(sender, receiver):
    transfer = arrange.ask(sender, receiver)
    allowed = set()
    for state in TransferState.values:
        for target in set(TransferState.values) - {state}:
            by_hand(transfer, state)
            if refused_as(transfer, target) != "transfer_flow":
                allowed.add((state, target))
    assert allowed == {(state, target) for state, nexts in TRANSFER_FLOW.moves.items() for target in nexts}


def test_the_database_lets_nobody_complete_what_lacks_its_posting_or_its_officers(sender, receiver):
    transfer = arrange.reviewed(sender, receiver)
    done = {"state": "completed", "finished_at": now()}
    with pytest.raises(IntegrityError, match="lacks the posting"):
        raw_change(transfer, **done)
    with pytest.raises(IntegrityError, match="lacks a standing approval"), transaction.atomic():
        books.give(transfer)
        raw_change(transfer, **done)


@pytest.mark.parametrize(
    ("column", "value"),
    [("amount", "2"), ("payload_hash", b"0" * 32), ("client_reference", "x"), ("fingerprint", b"0" * 32),
     ("api_key_id", "7"), ("public_id", 1234567890123456), ("remark", "other words")],
)  # fmt: skip
def test_what_was_asked_for_never_changes(sender, receiver, column, value):
    transfer = arrange.ask(sender, receiver, remark="Dinner")
    with pytest.raises(IntegrityError, match="stays what was asked for"):
        raw_change(transfer, **{column: value})
    raw_change(transfer, remark="")


def test_no_row_is_made_that_breaks_a_rule_and_none_is_deleted(sender, receiver):
    transfer = arrange.ask(sender, receiver)
    facts = {
        "sender": sender, "receiver": receiver, "coin": transfer.coin, "amount": 1, "payload_hash": b"0" * 32,
        "fingerprint": b"0" * 32, "expires_at": now(),
    }  # fmt: skip
    for wrong, name in (
        ({"receiver": sender}, "transfer_not_to_oneself"),
        ({"amount": 0}, "transfer_amount_positive"),
        ({"officers_required": 3}, "transfer_officers_required_0_to_2"),
        ({"finished_at": now()}, "transfer_finished_at_its_end"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Transfer.objects.create(**facts | wrong)
    with pytest.raises(IntegrityError, match="begins in verification"), transaction.atomic():
        Transfer.objects.create(**facts | {"state": "review"})
    for row in (transfer, TransferEvent.objects.get()):
        with suppress(AssertionError), pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk)._raw_delete("default")
        assert type(row).objects.filter(pk=row.pk).exists()
