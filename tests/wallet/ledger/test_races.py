"""Crowds on one balance, one key, one pair of accounts: real threads, real commits."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from tests import factories_wallet as factory
from tests.wallet.withdrawals.crowd import at_once
from wallet import errors
from wallet.models.ledger import AccountKind, LedgerAccount, Posting
from wallet.services import audit, balances, folding, ledger, posting_calls

pytestmark = pytest.mark.usefixtures("real_db")
CLIENTS = 64


def books_hold() -> bool:
    """Whether an audit finds nothing but the holds that these tests leave without a withdrawal."""
    report = audit.run(full=True, stop=False)
    return not [finding for finding in report.findings if finding.check != "held is reserved"]


def test_sixty_four_clients_never_hold_more_than_there_is():
    customer = factory.owner()
    factory.fund(customer, "10")
    outcomes = at_once([lambda: ledger.hold(**factory.words_of_hold(customer, "1")) for _ in range(CLIENTS)])
    told = Counter(type(outcome) for outcome in outcomes)
    assert told == {ledger.PostingResult: 10, errors.InsufficientFunds: CLIENTS - 10}
    assert (factory.available(customer), factory.held(customer)) == (0, 10)
    assert books_hold()


def test_sixty_four_clients_with_uneven_amounts_never_overdraw():
    giver, taker = factory.owner(), factory.owner()
    factory.fund(giver, "50")
    amounts = [str(random.Random(place).randint(1, 7)) for place in range(CLIENTS)]
    outcomes = at_once([lambda amount=amount: factory.transfer(giver, taker, amount, fee="0.5") for amount in amounts])
    went = [Decimal(amount) for amount, outcome in zip(amounts, outcomes, strict=True) if not isinstance(outcome, Exception)]
    assert factory.available(taker) == sum(went)
    assert factory.available(giver) == 50 - sum(went) - Decimal("0.5") * len(went) >= 0
    assert {type(outcome) for outcome in outcomes} == {ledger.PostingResult, errors.InsufficientFunds}
    assert books_hold()


def test_opposite_transfers_end_without_a_deadlock_shown():
    one, other = factory.owner(), factory.owner()
    factory.fund(one, "100")
    factory.fund(other, "100")
    there = [lambda: factory.transfer(one, other, "1")] * (CLIENTS // 2)
    back = [lambda: factory.transfer(other, one, "1")] * (CLIENTS // 2)
    outcomes = at_once([act for pair in zip(there, back, strict=True) for act in pair])
    assert {type(outcome) for outcome in outcomes} == {ledger.PostingResult}
    assert (factory.available(one), factory.available(other)) == (100, 100)


def test_opposite_batches_end_without_a_deadlock_shown():
    people = [factory.owner() for _ in range(6)]
    for person in people:
        factory.fund(person, "100")

    def batch(place: int):
        drafts = [factory.transfer_draft(a, b, "1") for a in people for b in people if a is not b]
        random.Random(place).shuffle(drafts)
        return ledger.post_batch(drafts)

    outcomes = at_once([lambda place=place: batch(place) for place in range(16)])
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [factory.available(person) for person in people] == [100] * 6
    assert books_hold()


def test_one_key_from_many_clients_has_one_effect():
    customer = factory.owner()
    words = [factory.deposit_words(customer, "1") for _ in range(8)]
    outcomes = at_once([lambda place=place: ledger.post(**words[place % 8]) for place in range(CLIENTS)])
    assert Counter(outcome.replayed for outcome in outcomes) == {False: 8, True: CLIENTS - 8}
    assert len({outcome.id for outcome in outcomes}) == 8
    assert factory.available(customer) == 8


def test_one_key_with_different_bodies_has_one_effect():
    customer = factory.owner()
    words = [factory.deposit_words(customer, str(place), key="contested") for place in range(1, 17)]
    outcomes = at_once([lambda mine=mine: ledger.post(**mine) for mine in words])
    assert Counter(type(outcome) for outcome in outcomes) == {ledger.PostingResult: 1, errors.IdempotencyConflict: 15}
    assert Posting.objects.filter(key="contested").count() == 1


def test_a_posting_is_reversed_once_by_many():
    made = factory.fund(factory.owner(), "5")
    outcomes = at_once(
        [lambda: ledger.reverse(posting_id=made.id, key=factory.fresh_key(), actor="test", reason="wrong") for _ in range(16)]
    )
    assert Counter(type(outcome) for outcome in outcomes) == {ledger.PostingResult: 1, errors.AlreadyReversed: 15}


def test_new_accounts_are_opened_once_by_many():
    customer = factory.owner()
    outcomes = at_once([lambda: factory.fund(customer, "1") for _ in range(32)])
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert LedgerAccount.objects.filter(owner=customer).count() == 1
    assert factory.available(customer) == 32


def test_folding_beside_postings_loses_and_doubles_nothing():
    giver, taker = factory.owner(), factory.owner()
    factory.fund(giver, "100")
    acts = [lambda: factory.transfer(giver, taker, "1", fee="1")] * 24 + [folding.fold_all] * 8
    random.Random(7).shuffle(acts)
    outcomes = at_once(acts)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert balances.of_house("ETH", AccountKind.FEE) == 24
    folding.fold_all()
    assert LedgerAccount.objects.get(owner=None, coin__code="ETH", kind=AccountKind.FEE).balance == 24
    assert books_hold()


def test_many_refunds_never_take_more_than_the_house_earned():
    customer = factory.owner()
    factory.fund(customer, "100")
    factory.transfer(customer, factory.owner(), "1", fee="5")

    def refund():
        legs = [
            ledger.Leg(ledger.AccountRef(None, "ETH", AccountKind.FEE), Decimal(-1)),
            ledger.Leg(ledger.AccountRef(customer, "ETH", AccountKind.SPOT_AVAILABLE), Decimal(1)),
        ]
        return ledger.post(kind="refund", scope="test", key=factory.fresh_key(), legs=legs, actor="test")

    outcomes = at_once([refund] * 24)
    assert Counter(type(outcome) for outcome in outcomes) == {ledger.PostingResult: 5, errors.InsufficientFunds: 19}
    assert balances.of_house("ETH", AccountKind.FEE) == 0
    assert books_hold()


class Gives:
    """A posting call whose first tries end as a database ends them that gave up."""

    def __init__(self, state: str, failures: int) -> None:
        self.state, self.failures, self.calls = state, failures, 0
        self.real = posting_calls.post

    def __call__(self, draft):
        self.calls += 1
        if self.calls <= self.failures:
            with posting_calls.refusals(), connection.cursor() as cursor:
                cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'gave up' USING ERRCODE = '{self.state}'; END $$")
        return self.real(draft)


@pytest.mark.parametrize("state", ["40P01", "40001", "55P03"])
def test_what_the_database_gave_up_is_tried_again_three_times(monkeypatch, state):
    customer = factory.owner()
    call = Gives(state, failures=3)
    monkeypatch.setattr(posting_calls, "post", call)
    factory.fund(customer, "1")
    assert (call.calls, factory.available(customer)) == (4, 1)
    monkeypatch.setattr(posting_calls, "post", Gives(state, failures=4))
    with pytest.raises(DatabaseError):
        factory.fund(customer, "1")
    assert factory.available(customer) == 1


def test_inside_a_transaction_nothing_is_tried_again(monkeypatch):
    customer = factory.owner()
    call = Gives("40P01", failures=1)
    monkeypatch.setattr(posting_calls, "post", call)
    with pytest.raises(DatabaseError), transaction.atomic():
        factory.fund(customer, "1")
    assert call.calls == 1


def test_a_posting_stands_or_falls_with_the_callers_transaction():
    customer = factory.owner()
    with pytest.raises(RuntimeError, match="no"), transaction.atomic():
        factory.fund(customer, "1")
        assert factory.available(customer) == 1
        raise RuntimeError("no")
    assert factory.available(customer) == 0
    factory.fund(customer, "2")  # in autocommit mode the call is its own transaction
    assert at_once([lambda: factory.available(customer)]) == [2]
