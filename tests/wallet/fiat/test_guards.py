"""What the database refuses of fiat withdrawals and their returns, whoever asks; and many at once."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from config.kit.clock import now
from config.kit.flow import IllegalMove
from tests.wallet.fiat import arrange
from tests.wallet.withdrawals.crowd import at_once, patiently
from wallet.errors import InsufficientFunds
from wallet.models import (
    BankLine,
    FiatReturn,
    FiatWithdrawal,
    FiatWithdrawalDecision,
    FiatWithdrawalEvent,
    PairEvent,
    Posting,
    WithdrawalLimit,
)
from wallet.models.fiat_withdrawals import FIAT_WITHDRAWAL_FLOW
from wallet.services import audit
from wallet.services.banks.errors import BankReferenceTaken
from wallet.services.fiat_withdrawals import books, cancel, expiry, paying, request, returns, review
from wallet.services.fiat_withdrawals.payload import payload_hash_of
from wallet.services.withdrawals.errors import LimitExceeded
from wallet.sql import load


@pytest.fixture
def customer(real_db: None) -> User:
    """As everywhere, with real commits."""
    arrange.open_bank()
    user = arrange.customer()
    arrange.bank_account(user)
    return user


def refused_by(act: Any) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        act()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return str(refused.value.__cause__.diag.constraint_name)


def test_the_database_knows_the_pairs_of_the_flow() -> None:
    pairs = set(re.findall(r"\('(\w+)', '(\w+)'\)", load("fiat_withdrawals_v1")))
    assert pairs == {(before, after) for before, nexts in FIAT_WITHDRAWAL_FLOW.moves.items() for after in nexts}


def test_it_keeps_what_was_asked_for_and_moves_nothing_that_lacks_officers_or_posting(customer: User) -> None:
    made, payer = arrange.confirmed(customer), arrange.officer()
    row = FiatWithdrawal.objects.filter(pk=made.pk)
    for changes in ({"amount": 1}, {"fee": 0}, {"bank_account": 1}, {"payload_hash": bytes(32)}, {"client_reference": "x"}):
        assert refused_by(lambda changes=changes: row.update(**changes)) == "fiat_withdrawal_facts"
    assert refused_by(lambda: row.update(state="paid")) == "fiat_withdrawal_flow"
    assert refused_by(lambda: row.update(state="cancelled", finished_at=now())) == "fiat_withdrawal_move_is_posted"
    row.update(state="approved")
    assert refused_by(lambda: row.update(state="paying", payer=payer)) == "fiat_withdrawal_is_approved"
    said: dict[str, Any] = {"withdrawal": made, "customer": customer, "verdict": "approve", "reason": "x"}
    FiatWithdrawalDecision.objects.create(**said, officer=payer, payload_hash=payload_hash_of(made))
    assert refused_by(lambda: row.update(state="paying", payer=payer)) == "fiat_withdrawal_is_approved"
    FiatWithdrawalDecision.objects.create(**said, officer=arrange.officer(), payload_hash=bytes(32))
    assert refused_by(lambda: row.update(state="paying", payer=payer)) == "fiat_withdrawal_is_approved"
    FiatWithdrawalDecision.objects.create(**said, officer=arrange.officer(), payload_hash=payload_hash_of(made))
    row.update(state="paying", payer=payer)
    assert refused_by(lambda: row.update(payer=arrange.officer())) == "fiat_withdrawal_one_payer"


def test_it_takes_no_payment_without_the_banks_line_of_that_amount(customer: User) -> None:
    payer = arrange.officer()
    made = arrange.at_the_bank(customer, payer)
    nostro = arrange.open_bank()
    line = BankLine.objects.create(nostro=nostro, coin=nostro.coin, direction="out", reference="ODD", amount=1, officer=payer)

    def pay(line_id: int | None) -> None:
        posting = books.settle(made)
        FiatWithdrawal.objects.filter(pk=made.pk).update(state="paid", paid_line_id=line_id, posting_id=posting)

    assert refused_by(lambda: pay(line.pk)) == "fiat_withdrawal_move_is_posted"
    assert refused_by(lambda: pay(None)) == "fiat_withdrawal_move_is_posted"
    done = arrange.pay(made, payer)
    row = FiatWithdrawal.objects.filter(pk=made.pk)
    assert refused_by(lambda: row.update(payer=arrange.officer())) == "fiat_withdrawal_facts"
    assert refused_by(lambda: row.update(state="returned", finished_at=now())) == "fiat_withdrawal_move_is_posted"
    words = {"nostro": nostro, "coin": nostro.coin, "amount": 1, "officer": payer}
    for changes, name in (
        ({"reference": done.paid_line.reference}, "bank_line_once"),
        ({"reference": "with space"}, "bank_line_reference_plain"),
        ({"reference": "lower"}, "bank_line_reference_plain"),
        ({"reference": "ZERO", "amount": 0}, "bank_line_amount_positive"),
        ({"reference": "COIN", "coin_id": nostro.coin_id + 1}, "bank_line_coin"),
    ):
        assert refused_by(lambda changes=changes: BankLine.objects.create(direction="out", **{**words, **changes})) == name


def test_it_holds_two_officers_to_a_return_and_both_to_its_payload(customer: User) -> None:
    first, second, made = arrange.officer(), arrange.officer(), arrange.paid(customer)
    said = arrange.came_back(made, first)
    row, end = FiatReturn.objects.filter(pk=said.pk), {"finished_at": now(), "decided_because": "x"}
    posting = made.posting_id
    done = {**end, "state": "done", "posting_id": posting, "line": made.paid_line}
    right = bytes(said.payload_hash)
    for changes, name in (
        ({**done, "decider": first, "seen_hash": right}, "fiat_return_is_posted"),
        ({**end, "state": "rejected", "decider": first, "seen_hash": right}, "fiat_return_two_officers"),
        ({**end, "state": "rejected", "decider": customer, "seen_hash": right}, "fiat_return_officers_are_not_the_customer"),
        ({**end, "state": "withdrawn", "decider": second, "seen_hash": right}, "fiat_return_withdrawn_by_its_proposer"),
        ({**end, "state": "rejected", "seen_hash": right}, "fiat_return_finished_by_somebody"),
        ({**end, "state": "rejected", "decider": second, "seen_hash": right, "decided_because": ""}, "fiat_return_has_reasons"),
        ({"reference": "OTHER"}, "fiat_return_facts"),
        ({"payload_hash": bytes(32)}, "fiat_return_facts"),
    ):
        assert refused_by(lambda changes=changes: row.update(**changes)) == name

    def undone(**changes: Any) -> None:
        undo = books.undo(made, key=str(said.public_id))
        line = BankLine.objects.create(
            nostro=said.nostro, coin=said.nostro.coin, direction="in", reference="BACK", amount=1, officer=second
        )
        row.update(**{**done, "posting_id": undo, "line": line, **changes})

    assert refused_by(lambda: undone(decider=first, seen_hash=right)) == "fiat_return_two_officers"
    assert refused_by(lambda: undone(decider=second, seen_hash=bytes(32))) == "fiat_return_bound_to_its_payload"
    assert refused_by(lambda: undone(decider=customer, seen_hash=right)) == "fiat_return_officers_are_not_the_customer"
    returns.reject(public_id=said.public_id, officer=second, reason="no", seen_hash=right)
    assert refused_by(lambda: row.update(decided_because="yes")) == "fiat_return_has_ended"
    words = {"withdrawal": made, "customer": customer, "nostro": said.nostro, "payload_hash": right, "proposed_because": "x"}
    for changes, name in (
        ({"proposer": customer, "reference": "NEW"}, "fiat_return_officers_are_not_the_customer"),
        ({"proposer": first, "reference": "NEW", "customer": second}, "fiat_return_of_the_withdrawals_customer"),
        ({"proposer": first, "reference": "NEW", "state": "done"}, "fiat_return_begins_proposed"),
    ):
        assert refused_by(lambda changes=changes: FiatReturn.objects.create(**{**words, **changes})) == name


def test_nothing_of_the_evidence_is_changed_or_goes(customer: User) -> None:
    arrange.came_back(arrange.paid(customer), arrange.officer())
    for model in (FiatWithdrawalEvent, FiatWithdrawalDecision, PairEvent):
        table = model._meta.db_table
        assert refused_by(lambda model=model: model.objects.update(reason="x")) == f"{table}_append_only"
    assert refused_by(lambda: BankLine.objects.update(amount=1)) == "wallet_bankline_append_only"
    with connection.cursor() as cursor:
        for table in ("wallet_fiatwithdrawal", "wallet_fiatreturn", "wallet_bankline"):
            assert refused_by(lambda table=table: cursor.execute(f"DELETE FROM {table}")) == f"{table}_append_only"


def test_a_crowd_takes_what_there_is_within_the_limit_and_no_more(customer: User) -> None:
    account = str(arrange.account_of(customer).public_id)
    wish = partial(request.request, customer=customer, coin="TWD", bank_account=account, amount="40000", ip=arrange.IP)
    results = at_once([patiently(wish)] * 8)
    assert sum(isinstance(result, request.Requested) for result in results) == 2
    assert sum(isinstance(result, InsufficientFunds) for result in results) == 6
    WithdrawalLimit.objects.filter(coin__code="TWD", level=3, window_hours=24).update(maximum=80000)
    assert {type(result) for result in at_once([patiently(wish)] * 4)} == {LimitExceeded}
    assert audit.run(stop=False).findings == []


def test_one_reference_has_one_effect_however_many_ask(customer: User) -> None:
    account = str(arrange.account_of(customer).public_id)
    words = {"customer": customer, "coin": "TWD", "bank_account": account, "amount": "1000", "ip": arrange.IP}
    results = at_once([patiently(partial(request.request, **words, client_reference="once"))] * 8)
    assert sum(isinstance(result, request.Requested) and not result.replayed for result in results) == 1
    assert Posting.objects.filter(kind="withdrawal_hold").count() == 1


@pytest.mark.parametrize("_round", range(4))
def test_cancel_approve_reject_and_expire_have_one_winner(customer: User, _round: int) -> None:
    waiting = arrange.confirmed(customer)
    decide: dict[str, Any] = {"public_id": waiting.public_id, "reason": "x", "seen_hash": payload_hash_of(waiting)}
    at_once(
        [
            partial(cancel.cancel, customer=customer, public_id=waiting.public_id),
            partial(review.approve, officer=arrange.officer(), **decide),
            partial(review.reject, officer=arrange.officer(), **decide),
            partial(expiry.expire, waiting.pk),
        ]
    )
    state = arrange.fresh(waiting).state
    assert state in {"cancelled", "approved", "rejected"}
    held = 5015 if state == "approved" else 0
    assert arrange.money(customer, "TWD") == arrange.Money(100000 - held, held)
    assert audit.run(stop=False).findings == []


def test_two_officers_never_go_to_the_bank_with_one_withdrawal_and_no_line_pays_two(customer: User) -> None:
    payers = [arrange.officer() for _ in range(4)]
    made = arrange.approved(customer)
    seen = {"public_id": made.public_id, "reason": "x", "seen_hash": payload_hash_of(made)}
    results = at_once([partial(paying.begin, officer=payer, **seen) for payer in payers])
    assert sum(isinstance(result, FiatWithdrawal) for result in results) == 1
    assert sum(isinstance(result, IllegalMove) for result in results) == 3
    both = [arrange.at_the_bank(customer, payer) for payer in payers[:2]]
    results = at_once([partial(arrange.pay, one, payer, reference="SAME") for one, payer in zip(both, payers, strict=False)])
    assert sum(isinstance(result, FiatWithdrawal) for result in results) == 1
    assert sum(isinstance(result, BankReferenceTaken) for result in results) == 1
    assert audit.run(stop=False).findings == []


def test_a_return_confirmed_by_many_at_once_gives_the_money_back_once(customer: User) -> None:
    said = arrange.came_back(arrange.paid(customer), arrange.officer())
    seen = {"public_id": said.public_id, "reason": "x", "seen_hash": bytes(said.payload_hash)}
    acts = [partial(act, officer=arrange.officer(), **seen) for act in (returns.confirm, returns.confirm, returns.reject)]
    results = at_once(acts)
    assert sum(isinstance(result, FiatReturn) for result in results) == 1
    said.refresh_from_db()
    assert arrange.money(customer, "TWD").available == (100000 if said.state == "done" else 94985)
    assert audit.run(stop=False).findings == []
