"""Many postings in one call."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction

from tests import factories_wallet as factory
from wallet import errors
from wallet.models.ledger import AccountKind, PendingEntry, Posting
from wallet.services import balances, ledger, posting_calls
from wallet.services.ledger import PostingResult

pytestmark = pytest.mark.django_db


def test_a_batch_posts_each_once_in_order():
    giver, takers = factory.owner(), [factory.owner() for _ in range(20)]
    factory.fund(giver, "300")
    drafts = [factory.transfer_draft(giver, taker, str(place), fee="0.1") for place, taker in enumerate(takers, start=1)]
    results = ledger.post_batch(drafts)
    assert [Posting.objects.get(pk=result.id).key for result in results] == [draft.key for draft in drafts]
    assert [factory.available(taker) for taker in takers] == list(range(1, 21))
    assert factory.available(giver) == 300 - 210 - 2
    assert balances.of_house("ETH", AccountKind.FEE) == 2
    assert PendingEntry.objects.filter(account__kind=AccountKind.FEE).count() == 20
    again = ledger.post_batch(drafts)
    assert [result.id for result in again] == [result.id for result in results]
    assert all(result.replayed for result in again)
    assert factory.available(giver) == 88


def test_a_batch_with_new_and_known_items_posts_the_new_ones():
    giver, taker = factory.owner(), factory.owner()
    factory.fund(giver, "10")
    known = factory.transfer_draft(giver, taker, "1")
    ledger.post_batch([known])
    results = ledger.post_batch([factory.transfer_draft(giver, taker, "2"), known])
    assert [result.replayed for result in results] == [False, True]
    assert factory.available(taker) == 3


def test_one_refused_item_is_reported_and_the_others_are_posted():
    giver, taker = factory.owner(), factory.owner()
    factory.fund(giver, "10")
    taken = factory.transfer_draft(giver, taker, "1")
    ledger.post_batch([taken])
    results = ledger.post_batch(
        [
            factory.transfer_draft(giver, taker, "4"),
            factory.transfer_draft(giver, taker, "100"),
            factory.transfer_draft(giver, taker, "2", key=taken.key),
            factory.transfer_draft(giver, taker, "0.0000000000000000001"),
            factory.transfer_draft(giver, taker, "5"),
        ]
    )
    assert [type(result) for result in results] == [
        PostingResult,
        errors.InsufficientFunds,
        errors.IdempotencyConflict,
        errors.CoinScaleExceeded,
        PostingResult,
    ]
    assert (factory.available(giver), factory.available(taker)) == (0, 10)


def test_a_batch_in_a_transaction_that_is_rolled_back_leaves_nothing():
    giver, taker = factory.owner(), factory.owner()
    factory.fund(giver, "10")
    with pytest.raises(RuntimeError, match="no"), transaction.atomic():
        results = ledger.post_batch([factory.transfer_draft(giver, taker, "4"), factory.transfer_draft(giver, taker, "40")])
        assert isinstance(results[1], errors.InsufficientFunds)
        raise RuntimeError("no")
    assert factory.available(giver) == 10


def test_an_empty_batch_is_nothing_and_a_strange_one_a_mistake_of_the_caller():
    giver, taker = factory.owner(), factory.owner()
    draft = factory.transfer_draft(giver, taker, "1")
    assert ledger.post_batch([]) == []
    with pytest.raises(ValueError, match="differ"):
        ledger.post_batch([draft, draft])
    with pytest.raises(ValueError, match="at most"):
        ledger.post_batch([draft] * (ledger.BATCH_POSTINGS_MAX + 1))


def test_a_batch_debits_the_house_after_folding_it():
    customer = factory.owner()
    factory.fund(customer, "10")
    factory.transfer(customer, factory.owner(), "1", fee="3")
    refund = factory.transfer_words(customer, customer, "1")
    legs = [
        ledger.Leg(ledger.AccountRef(None, "ETH", AccountKind.FEE), Decimal(-3)),
        ledger.Leg(ledger.AccountRef(customer, "ETH", AccountKind.SPOT_AVAILABLE), Decimal(3)),
    ]
    made = ledger.post_batch([ledger.Draft(**{**refund, "kind": "refund", "legs": legs})])
    assert isinstance(made[0], PostingResult)
    assert balances.of_house("ETH", AccountKind.FEE) == 0
    more = ledger.post_batch([ledger.Draft(**{**refund, "kind": "refund", "legs": legs, "key": "more"})])
    assert isinstance(more[0], errors.InsufficientFunds)


def together(*drafts: ledger.Draft) -> list[tuple[int, bool]]:
    """The batch function alone, without the way back to single calls."""
    with transaction.atomic():
        return posting_calls.post_batch(drafts)


def test_the_batch_function_refuses_a_known_key_with_another_body():
    giver, taker = factory.owner(), factory.owner()
    factory.fund(giver, "10")
    known = factory.transfer_draft(giver, taker, "1")
    ledger.post_batch([known])
    with pytest.raises(errors.IdempotencyConflict):
        together(factory.transfer_draft(giver, taker, "2", key=known.key), factory.transfer_draft(giver, taker, "3"))
    assert factory.available(taker) == 1


def test_the_batch_function_rounds_nothing():
    giver, taker = factory.owner(), factory.owner()
    factory.fund(giver, "10")
    with pytest.raises(errors.CoinScaleExceeded):
        together(factory.transfer_draft(giver, taker, "1.0000000000000000001"))
    assert factory.available(taker) == 0


def test_the_batch_function_folds_the_house_before_it_takes_from_it():
    customer = factory.owner()
    factory.fund(customer, "10")
    factory.transfer(customer, factory.owner(), "1", fee="3")
    legs = [
        ledger.Leg(ledger.AccountRef(None, "ETH", AccountKind.FEE), Decimal(-3)),
        ledger.Leg(ledger.AccountRef(customer, "ETH", AccountKind.SPOT_AVAILABLE), Decimal(3)),
    ]
    together(ledger.Draft(kind="refund", scope="test", key="refund", legs=legs, actor="test"))
    assert balances.of_house("ETH", AccountKind.FEE) == 0
