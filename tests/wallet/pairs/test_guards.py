"""What the database refuses of fiat deposits, reversals and adjustments, whoever asks; and many at once."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from config.kit.clock import now
from tests.wallet.fiat import arrange as fiat
from tests.wallet.fiat.test_guards import refused_by
from tests.wallet.pairs import arrange
from tests.wallet.withdrawals.crowd import at_once
from wallet.errors import InsufficientFunds
from wallet.models import Adjustment, BankLine, FiatDeposit, FiatReversal
from wallet.services import adjustments, audit, ledger
from wallet.services.banks.errors import BankReferenceTaken
from wallet.services.fiat_deposits import crediting, errors
from wallet.services.fiat_withdrawals import returns


@pytest.fixture
def customer(real_db: None) -> User:
    """As everywhere, with real commits."""
    fiat.open_bank()
    return fiat.customer()


def test_it_holds_two_officers_to_a_deposit_and_both_to_the_banks_line(customer: User) -> None:
    first, second = arrange.officer(), arrange.officer()
    said = arrange.deposit(customer, first, reference="TX-1")
    changes: dict[str, Any]
    row, right = FiatDeposit.objects.filter(pk=said.pk), bytes(said.payload_hash)
    end = {"finished_at": now(), "decided_because": "x", "seen_hash": right}
    for changes, name in (
        ({**end, "state": "rejected", "decider": first}, "fiat_deposit_two_officers"),
        ({**end, "state": "rejected", "decider": customer}, "fiat_deposit_officers_are_not_the_customer"),
        ({**end, "state": "withdrawn", "decider": second}, "fiat_deposit_withdrawn_by_its_proposer"),
        ({**end, "state": "done", "decider": second}, "fiat_deposit_is_posted"),
        ({"amount": 5}, "fiat_deposit_facts"),
        ({"reference": "OTHER"}, "fiat_deposit_facts"),
        ({"customer": second}, "fiat_deposit_facts"),
    ):
        assert refused_by(lambda changes=changes: row.update(**changes)) == name
    line = {"nostro": said.nostro, "coin": said.coin, "direction": "in", "reference": "TX-1", "officer": second}

    def done(**changes: Any) -> None:
        posting, _ = crediting.KIND.apply(said, second)
        entered = BankLine.objects.create(**{**line, "reference": "ODD", "amount": 1000})
        own = BankLine.objects.get(reference="TX-1")
        words = {**end, "state": "done", "decider": second, "posting_id": posting, "line": own}
        row.update(**{**words, **{key: entered if value == "odd" else value for key, value in changes.items()}})

    for changes, name in (
        ({"line": "odd"}, "fiat_deposit_is_on_its_line"),
        ({"line": None}, "fiat_deposit_is_on_its_line"),
        ({"decider": first}, "fiat_deposit_two_officers"),
        ({"decider": customer}, "fiat_deposit_officers_are_not_the_customer"),
        ({"seen_hash": bytes(32)}, "fiat_deposit_bound_to_its_payload"),
    ):
        assert refused_by(lambda changes=changes: done(**changes)) == name
    arrange.confirm(crediting, said, second)
    assert refused_by(lambda: row.update(decided_because="y")) == "fiat_deposit_has_ended"
    for changes, name in (
        ({"correction": 1}, "bank_line_corrects_a_mistake"),
        ({}, "bank_line_once"),
    ):
        assert refused_by(lambda changes=changes: BankLine.objects.create(**line, amount=1, **changes)) == name
    words = {"customer": customer, "nostro": said.nostro, "coin": said.coin, "payload_hash": right, "proposed_because": "x"}
    arrange.deposit(customer, first, reference="TX-2")
    for changes, name in (
        ({"reference": "TX-2"}, "fiat_deposit_proposed_once"),
        ({"reference": "TX-3", "amount": 0}, "fiat_deposit_amount_positive"),
        ({"reference": "tx"}, "fiat_deposit_reference_plain"),
        ({"reference": "TX-3", "proposer": customer}, "fiat_deposit_officers_are_not_the_customer"),
        ({"reference": "TX-3", "coin_id": said.coin_id + 1}, "fiat_deposit_coin"),
    ):
        made = {**words, "amount": 1, "proposer": first, **changes}
        assert refused_by(lambda made=made: FiatDeposit.objects.create(**made)) == name


def test_it_holds_a_reversal_to_its_own_deposit_and_line(customer: User) -> None:
    first, second = arrange.officer(), arrange.officer()
    one, other = arrange.credited(customer), arrange.credited(customer)
    said = arrange.reversal(one, first, reference="BACK-1")
    row = FiatReversal.objects.filter(pk=said.pk)
    end = {"finished_at": now(), "decided_because": "x", "seen_hash": bytes(said.payload_hash), "decider": second}

    def undone(of: FiatDeposit, *, direction: str = "out", amount: int = 1000, **changes: Any) -> None:
        key = {"key": str(said.public_id), "actor": "x", "reason": "x"}
        posting = ledger.reverse(posting_id=of.posting_id or 0, **key)
        words = {"nostro": one.nostro, "coin": one.coin, "reference": "BACK-1", "officer": second}
        entered = BankLine.objects.create(**words, direction=direction, amount=amount)
        row.update(**{**end, "state": "done", "posting_id": posting.id, "line": entered, **changes})

    assert refused_by(lambda: undone(other)) == "fiat_reversal_undoes_its_deposit"
    assert refused_by(lambda: undone(one, direction="in")) == "fiat_reversal_undoes_its_deposit"
    assert refused_by(lambda: undone(one, amount=999)) == "fiat_reversal_undoes_its_deposit"
    assert refused_by(lambda: undone(one, line=None)) == "fiat_reversal_done_has_its_line"
    assert refused_by(lambda: undone(one, decider=first)) == "fiat_reversal_two_officers"
    assert refused_by(lambda: row.update(deposit=other)) == "fiat_reversal_facts"
    words = {"customer": customer, "payload_hash": bytes(32), "proposed_because": "x", "proposer": first}
    for changes, name in (
        ({"deposit": one}, "fiat_reversal_one_at_a_time"),
        ({"deposit": other, "customer": second}, "fiat_reversal_of_the_deposits_customer"),
        ({"deposit": other, "reference": "a b"}, "fiat_reversal_reference_plain"),
        ({"deposit": other, "state": "done"}, "fiat_reversal_begins_proposed"),
    ):
        assert refused_by(lambda changes=changes: FiatReversal.objects.create(**{**words, **changes})) == name


def test_it_holds_two_officers_to_an_adjustment(customer: User) -> None:
    first, second = arrange.officer(), arrange.officer()
    said = arrange.adjustment(customer, first)
    changes: dict[str, Any]
    row = Adjustment.objects.filter(pk=said.pk)
    end = {"finished_at": now(), "decided_because": "x", "seen_hash": bytes(said.payload_hash)}

    def done(**changes: Any) -> None:
        posting, _ = adjustments.KIND.apply(said, second)
        row.update(**{**end, "state": "done", "decider": second, "posting_id": posting, **changes})

    for changes, name in (
        ({"decider": first}, "adjustment_two_officers"),
        ({"decider": customer}, "adjustment_officers_are_not_the_customer"),
        ({"seen_hash": bytes(32)}, "adjustment_bound_to_its_payload"),
        ({"posting_id": None}, "adjustment_is_posted"),
    ):
        assert refused_by(lambda changes=changes: done(**changes)) == name
    for changes in ({"amount": 6}, {"cause": "fee"}, {"customer": second}):
        assert refused_by(lambda changes=changes: row.update(**changes)) == "adjustment_facts"
    words = {"customer": customer, "coin": said.coin, "payload_hash": bytes(32), "proposed_because": "x", "proposer": first}
    for changes, name in (({"amount": 0}, "adjustment_moves_something"), ({"cause": "x"}, "adjustment_cause_known")):
        made = {**words, "amount": 1, "cause": "fee", **changes}
        assert refused_by(lambda made=made: Adjustment.objects.create(**made)) == name


def test_nothing_proposed_goes(customer: User) -> None:
    with connection.cursor() as cursor:
        for table in ("wallet_fiatdeposit", "wallet_fiatreversal", "wallet_adjustment"):
            assert refused_by(lambda table=table: cursor.execute(f"DELETE FROM {table}")) == f"{table}_append_only"


def test_one_line_recorded_by_many_at_once_is_recorded_and_credited_once(customer: User) -> None:
    record = [partial(arrange.deposit, customer, arrange.officer(), reference="SAME") for _ in range(4)]
    results = at_once(record)
    (said,) = [result for result in results if isinstance(result, FiatDeposit)]
    assert sum(isinstance(result, errors.FiatDepositProposedAlready) for result in results) == 3
    acts = [
        partial(act, officer=arrange.officer(), **arrange.seen(said)) for act in (crediting.confirm,) * 3 + (crediting.reject,)
    ]
    results = at_once(acts)
    assert sum(isinstance(result, FiatDeposit) for result in results) == 1
    said.refresh_from_db()
    assert arrange.money(customer, "TWD").available == (101000 if said.state == "done" else 100000)
    assert BankLine.objects.count() == (1 if said.state == "done" else 0)
    assert audit.run(stop=False).findings == []


def test_a_deposit_and_a_return_of_one_line_have_one_winner(customer: User) -> None:
    fiat.bank_account(customer)
    back = fiat.came_back(fiat.paid(customer), arrange.officer(), reference="SAME")
    said = arrange.deposit(customer, arrange.officer(), reference="SAME")
    both = [partial(arrange.confirm, service, row, arrange.officer()) for service, row in ((crediting, said), (returns, back))]
    results = at_once(both)
    assert sum(isinstance(result, BankReferenceTaken) for result in results) == 1
    assert BankLine.objects.filter(direction="in").count() == 1
    assert audit.run(stop=False).findings == []


def test_two_adjustments_that_take_the_last_take_it_once(customer: User) -> None:
    taken = [arrange.adjustment(customer, arrange.officer(), coin="TWD", amount="-60000") for _ in range(2)]
    results = at_once([partial(arrange.confirm, adjustments, row, arrange.officer("treasury_lead")) for row in taken])
    assert sum(isinstance(result, InsufficientFunds) for result in results) == 1
    assert arrange.money(customer, "TWD").available == 40000
    undo = [partial(arrange.reversal, arrange.credited(customer), arrange.officer())] * 2
    results = at_once(undo)
    assert sum(isinstance(result, FiatReversal) for result in results) == 1
    assert audit.run(stop=False).findings == []
