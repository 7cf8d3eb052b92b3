"""One posting: what it does, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction

from tests import factories_wallet as factory
from wallet import errors
from wallet.models.ledger import AccountKind, Entry, LedgerAccount, Posting
from wallet.services import balances, ledger
from wallet.services.ledger import AccountRef, Leg

pytestmark = pytest.mark.django_db


def test_a_posting_moves_money_and_tells_who_and_why():
    customer = factory.owner()
    made = factory.fund(customer, "12.5")
    posting = Posting.objects.get(pk=made.id)
    assert not made.replayed
    assert (posting.kind, posting.scope, posting.actor) == ("deposit", "test", "test")
    lines = list(posting.entries.order_by("seq").values_list("seq", "account__kind", "coin__code", "amount"))
    assert lines == [
        (1, "external_in", "ETH", Decimal("-12.5")),
        (2, "spot_available", "ETH", Decimal("12.5")),
    ]
    assert factory.available(customer) == Decimal("12.5")
    assert balances.of_house("ETH", AccountKind.EXTERNAL_IN) == Decimal("-12.5")


def test_a_person_who_causes_a_posting_is_named_by_id():
    customer = factory.owner()
    factory.fund(customer, "1")
    made = ledger.hold(**factory.words_of_hold(customer, "1"))
    assert Posting.objects.get(pk=made.id).actor == f"user:{customer.pk}"


def test_the_same_key_and_body_replay_the_posting_and_move_nothing():
    customer = factory.owner()
    words = factory.deposit_words(customer, "3")
    first, second = ledger.post(**words), ledger.post(**words)
    assert (second.id, second.replayed) == (first.id, True)
    assert factory.available(customer) == 3


def test_the_same_key_in_another_scope_is_another_posting():
    customer = factory.owner()
    words = factory.deposit_words(customer, "3")
    ledger.post(**words)
    assert not ledger.post(**{**words, "scope": "elsewhere"}).replayed
    assert factory.available(customer) == 6


@pytest.mark.parametrize("change", ["amount", "kind", "account"])
def test_the_same_key_with_another_body_is_refused(change):
    customer = factory.owner()
    words = factory.deposit_words(customer, "3")
    ledger.post(**words)
    other = factory.deposit_words(customer, "4" if change == "amount" else "3", key=words["key"])
    if change == "kind":
        other["kind"] = "adjustment"
    if change == "account":
        other["legs"][1] = Leg(AccountRef(factory.owner(), "ETH", AccountKind.SPOT_AVAILABLE), Decimal(3))
    with pytest.raises(errors.IdempotencyConflict), transaction.atomic():
        ledger.post(**other)
    assert factory.available(customer) == 3


def test_an_overdraft_is_refused_with_the_facts_as_text():
    giver, taker = factory.owner(), factory.owner()
    factory.fund(giver, "1.50")
    with pytest.raises(errors.InsufficientFunds) as refusal, transaction.atomic():
        factory.transfer(giver, taker, "1.6", fee="0.05")
    assert refusal.value.facts == {"coin": "ETH", "available": "1.5", "required": "1.65"}
    assert factory.available(giver) == Decimal("1.5")
    assert factory.available(taker) == 0


def test_the_last_unit_can_be_spent():
    giver, taker = factory.owner(), factory.owner()
    factory.fund(giver, "0.000000000000000001")
    factory.transfer(giver, taker, "0.000000000000000001")
    assert (factory.available(giver), factory.available(taker)) == (0, Decimal("0.000000000000000001"))


def test_one_account_in_two_legs_is_judged_by_both():
    giver, taker = factory.owner(), factory.owner()
    factory.fund(giver, "1")
    own = AccountRef(giver, "ETH", AccountKind.SPOT_AVAILABLE)
    legs = [Leg(own, Decimal("-0.6")), Leg(own, Decimal("-0.6")), Leg(AccountRef(taker, "ETH", own.kind), Decimal("1.2"))]
    with pytest.raises(errors.InsufficientFunds), transaction.atomic():
        ledger.post(kind="transfer", scope="test", key="twice", legs=legs, actor="test")


@pytest.mark.parametrize(
    ("amounts", "refusal"),
    [
        (["-1", "2"], errors.PostingUnbalanced),
        (["-1", "0.5", "0.4"], errors.PostingUnbalanced),
        (["1"], errors.PostingUnbalanced),
        ([], errors.PostingUnbalanced),
        (["0", "0"], errors.PostingUnbalanced),
        (["NaN", "NaN"], errors.PostingUnbalanced),
        (["Infinity", "-Infinity"], errors.PostingUnbalanced),
        (["-0.0000000000000000001", "0.0000000000000000001"], errors.CoinScaleExceeded),
        (["-123456789012345678901", "123456789012345678901"], errors.AmountOutOfRange),
        (["-1", "1"] * 33, errors.PostingUnbalanced),
    ],
)
def test_a_posting_that_is_not_whole_is_refused_and_leaves_nothing(amounts, refusal):
    customer = factory.owner()
    refs = [AccountRef(None, "ETH", AccountKind.EXTERNAL_IN), AccountRef(customer, "ETH", AccountKind.SPOT_AVAILABLE)]
    legs = [Leg(refs[place % 2], Decimal(amount)) for place, amount in enumerate(amounts)]
    with pytest.raises(refusal), transaction.atomic():
        ledger.post(kind="deposit", scope="test", key="not whole", legs=legs, actor="test")
    assert not Posting.objects.filter(key="not whole").exists()


def test_each_coin_of_a_posting_sums_to_zero_by_itself():
    customer = factory.owner()
    legs = [
        Leg(AccountRef(None, "ETH", AccountKind.CONVERSION), Decimal(-1)),
        Leg(AccountRef(customer, "USDT", AccountKind.SPOT_AVAILABLE), Decimal(1)),
    ]
    with pytest.raises(errors.PostingUnbalanced), transaction.atomic():
        ledger.post(kind="conversion", scope="test", key="two coins", legs=legs, actor="test")


@pytest.mark.parametrize(("coin", "amount"), [("BTC", "0.000000001"), ("USD", "0.001"), ("TRX", "0.0000001")])
def test_an_amount_finer_than_its_coin_is_refused(coin, amount):
    with pytest.raises(errors.CoinScaleExceeded) as refusal, transaction.atomic():
        factory.fund(factory.owner(), amount, coin=coin)
    assert refusal.value.coin == coin


@pytest.mark.parametrize(
    "leg_account",
    [
        AccountRef(None, "NONE", AccountKind.FEE),
        AccountRef(None, "ETH", AccountKind.SPOT_AVAILABLE),
        AccountRef(None, "ETH", "nonsense"),
        999_999_999,
    ],
)
def test_an_account_that_cannot_be_is_refused(leg_account):
    legs = [Leg(AccountRef(None, "ETH", AccountKind.EXTERNAL_IN), Decimal(-1)), Leg(leg_account, Decimal(1))]
    with pytest.raises(errors.UnknownAccount), transaction.atomic():
        ledger.post(kind="deposit", scope="test", key="nowhere", legs=legs, actor="test")


def test_a_hold_is_released_or_settled():
    customer = factory.owner()
    factory.fund(customer, "10")
    ledger.hold(**factory.words_of_hold(customer, "6"))
    assert (factory.available(customer), factory.held(customer)) == (4, 6)
    ledger.release(**factory.words_of_hold(customer, "1"))
    ledger.settle(**factory.words_of_hold(customer, "4"), fee=Decimal(1))
    assert (factory.available(customer), factory.held(customer)) == (5, 0)
    assert balances.of_house("ETH", AccountKind.EXTERNAL_OUT) == 4
    assert balances.of_house("ETH", AccountKind.FEE) == 1


def test_more_than_is_held_is_neither_released_nor_settled():
    customer = factory.owner()
    factory.fund(customer, "10")
    ledger.hold(**factory.words_of_hold(customer, "2"))
    with pytest.raises(errors.InsufficientFunds), transaction.atomic():
        ledger.release(**factory.words_of_hold(customer, "3"))
    with pytest.raises(errors.InsufficientFunds), transaction.atomic():
        ledger.settle(**factory.words_of_hold(customer, "2"), fee=Decimal(1))
    assert factory.held(customer) == 2


def test_a_reversal_is_the_exact_opposite_and_happens_once():
    giver, taker = factory.owner(), factory.owner()
    factory.fund(giver, "2")
    made = factory.transfer(giver, taker, "1", fee="0.1")
    undone = ledger.reverse(posting_id=made.id, key=factory.fresh_key(), actor="test", reason="wrong receiver")
    assert (factory.available(giver), factory.available(taker)) == (2, 0)
    assert balances.of_house("ETH", AccountKind.FEE) == 0
    assert Posting.objects.get(pk=undone.id).reverses_id == made.id
    with pytest.raises(errors.AlreadyReversed), transaction.atomic():
        ledger.reverse(posting_id=made.id, key=factory.fresh_key(), actor="test", reason="again")


def test_what_was_spent_cannot_be_reversed_away():
    giver, taker, third = factory.owner(), factory.owner(), factory.owner()
    factory.fund(giver, "2")
    made = factory.transfer(giver, taker, "1")
    factory.transfer(taker, third, "1")
    with pytest.raises(errors.InsufficientFunds), transaction.atomic():
        ledger.reverse(posting_id=made.id, key=factory.fresh_key(), actor="test", reason="too late")


def test_an_absent_posting_and_a_reversal_are_not_reversed():
    made = factory.fund(factory.owner(), "2")
    undone = ledger.reverse(posting_id=made.id, key=factory.fresh_key(), actor="test", reason="wrong")
    with pytest.raises(errors.PostingUnbalanced):
        ledger.reverse(posting_id=undone.id, key=factory.fresh_key(), actor="test", reason="undo")
    with pytest.raises(errors.UnknownPosting):
        ledger.reverse(posting_id=10**15, key=factory.fresh_key(), actor="test", reason="undo")


def test_a_house_account_that_may_not_be_negative_is_debited_only_as_far_as_it_goes():
    customer = factory.owner()
    factory.fund(customer, "5")
    factory.transfer(customer, factory.owner(), "1", fee="2")
    legs = [
        Leg(AccountRef(None, "ETH", AccountKind.FEE), Decimal(-2)),
        Leg(AccountRef(customer, "ETH", AccountKind.SPOT_AVAILABLE), Decimal(2)),
    ]
    ledger.post(kind="refund", scope="test", key="refund", legs=legs, actor="test")
    assert balances.of_house("ETH", AccountKind.FEE) == 0
    with pytest.raises(errors.InsufficientFunds), transaction.atomic():
        ledger.post(kind="refund", scope="test", key="second refund", legs=legs, actor="test")
    assert Entry.objects.filter(posting__key="second refund").count() == 0


def test_accounts_are_opened_once_and_only_when_needed():
    customer = factory.owner()
    assert not LedgerAccount.objects.filter(owner=customer).exists()
    factory.fund(customer, "1")
    factory.fund(customer, "1")
    assert LedgerAccount.objects.filter(owner=customer).count() == 1
