"""Many at once, on real threads and connections: nothing overdraws, each race has one winner."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.db.utils import DatabaseError

from config.kit.clock import now
from config.kit.flow import IllegalMove
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.crowd import at_once, collected, patiently
from wallet.errors import InsufficientFunds
from wallet.models import OutgoingTransaction, Withdrawal, WithdrawalDecision, WithdrawalEvent, WithdrawalLimit
from wallet.services import audit
from wallet.services.withdrawals import cancel, errors, expiry, pipeline, request, review
from wallet.services.withdrawals.payload import payload_hash_of

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = {"coin": "ETH", "network": "ETHEREUM", "address": arrange.ADDRESS, "ip": arrange.IP}


@pytest.fixture(autouse=True)
def commits(real_db):
    """Real commits."""


def test_a_crowd_of_withdrawals_of_1_from_a_balance_of_10_is_exactly_10(customer, pytestconfig):
    """`--crowd` makes it long."""
    crowd, threads = int(pytestconfig.getoption("--crowd")), 50
    fee = arrange.ask(customer, amount="0.01").fee
    arrange.take_back(customer, Withdrawal.objects.get())
    arrange.fund(customer, str(10 * fee))
    wish = patiently(partial(request.request, customer=customer, amount="1", **WORDS))
    shares = [crowd // threads + (place < crowd % threads) for place in range(threads)]
    results = [one for many in at_once([collected(wish, share) for share in shares]) for one in many]
    made = [result for result in results if isinstance(result, request.Requested)]
    refused = [result for result in results if isinstance(result, InsufficientFunds)]
    assert (len(made), len(refused)) == (10, crowd - 10), {type(result) for result in results}
    assert arrange.money(customer) == arrange.Money(0, 10 * (1 + fee))
    assert Withdrawal.objects.filter(state="verification").count() == 10
    assert audit.run(full=True, stop=False).findings == []


def test_the_limit_holds_against_a_crowd(customer):
    WithdrawalLimit.objects.filter(coin__code="ETH", level=2, window_hours=24).update(maximum=Decimal(3))
    results = at_once([patiently(partial(request.request, customer=customer, amount="1", **WORDS)) for _ in range(16)])
    assert sum(isinstance(result, request.Requested) for result in results) == 3
    assert sum(isinstance(result, errors.LimitExceeded) for result in results) == 13


def test_one_reference_has_one_effect_however_many_ask(customer):
    asks = [partial(request.request, customer=customer, amount="1", client_reference="once", **WORDS) for _ in range(16)]
    results = at_once([patiently(ask) for ask in asks])
    assert sum(not result.replayed for result in results) == 1
    assert {result.withdrawal.pk for result in results} == {Withdrawal.objects.get().pk}


def test_one_reference_in_two_coins_has_one_effect(customer):
    arrange.fund(customer, "100", coin="USDT")
    ether = partial(request.request, customer=customer, amount="1", client_reference="once", **WORDS)
    dollars = partial(request.request, customer=customer, amount="50", client_reference="once", **{**WORDS, "coin": "USDT"})
    results = at_once([patiently(ether), patiently(dollars)] * 4)
    assert Withdrawal.objects.count() == 1
    assert sum(isinstance(result, request.Requested) and not result.replayed for result in results) == 1
    assert {type(result) for result in results} <= {request.Requested, errors.ReferenceTaken}


@pytest.mark.parametrize("_round", range(8))
def test_cancel_approve_reject_and_expire_have_one_winner(customer, officers, _round):
    waiting = arrange.confirmed(customer)
    Withdrawal.objects.filter(pk=waiting.pk).update(officers_required=1, is_flagged=False)
    digest = payload_hash_of(waiting)
    Withdrawal.objects.filter(pk=waiting.pk).update(expires_at=now() - timedelta(seconds=1))
    decide: dict[str, Any] = {"public_id": waiting.public_id, "reason": "x", "seen_hash": digest}
    acts: list[Callable[[], Any]] = [
        partial(cancel.cancel, customer=customer, public_id=waiting.public_id),
        partial(review.approve, officer=officers[0], **decide),
        partial(review.reject, officer=officers[1], **decide),
        partial(expiry.expire, waiting.pk),
    ]
    random.shuffle(acts)
    at_once(acts)
    state = arrange.fresh(waiting).state
    ends = WithdrawalEvent.objects.filter(withdrawal=waiting, state_after__in=["cancelled", "approved", "rejected"])
    reserved = waiting.total if state == "approved" else 0
    assert arrange.money(customer) == arrange.Money(10 - reserved, reserved)
    # An approval may still be taken back by the other officer: the money moves once all the same.
    assert list(ends.order_by("id").values_list("state_after", flat=True)) in (
        [["approved"], ["cancelled"], ["rejected"], ["approved", "rejected"]]
    )


@pytest.mark.parametrize("_round", range(4))
def test_expiry_confirmation_and_cancelling_have_one_winner(customer, _round):
    waiting = arrange.ask(customer)
    Withdrawal.objects.filter(pk=waiting.pk).update(expires_at=now() - timedelta(seconds=1))
    results = at_once(
        [partial(expiry.expire, waiting.pk)] * 3 + [partial(cancel.cancel, customer=customer, public_id=waiting.public_id)] * 3
    )
    won = [result for result in results if result is True or isinstance(result, Withdrawal)]
    assert len(won) == 1
    assert arrange.money(customer) == arrange.Money(10, 0)
    assert WithdrawalEvent.objects.filter(withdrawal=waiting).count() == 2


def test_two_officers_at_the_same_time_make_two_decisions_and_one_approval(customer, officers):
    waiting = arrange.confirmed(customer)
    results = at_once([partial(arrange.approve, waiting, officer) for officer in officers])
    assert {result.state for result in results} == {"second_review", "approved"}
    assert WithdrawalDecision.objects.count() == 2


def test_the_same_officer_at_the_same_time_makes_one_decision(customer, officers):
    waiting = arrange.confirmed(customer)
    results = at_once([partial(arrange.approve, waiting, officers[0])] * 8)
    assert sum(isinstance(result, Withdrawal) for result in results) == 1
    assert sum(isinstance(result, errors.AlreadyDecided) for result in results) == 7
    assert arrange.fresh(waiting).state == "second_review"


@pytest.mark.parametrize("_round", range(4))
def test_taking_back_and_signing_have_one_winner(customer, network, _round):
    ready = arrange.approved(customer)
    digest = payload_hash_of(ready)
    late = arrange.officer()
    take_back = partial(review.reject, public_id=ready.public_id, officer=late, reason="x", seen_hash=digest)
    results = at_once([partial(pipeline.advance, ready.pk), take_back])
    state = arrange.fresh(ready).state
    assert state in {"signing", "rejected"}
    assert OutgoingTransaction.objects.count() == (state == "signing")
    assert isinstance(results[1], IllegalMove) == (state == "signing")
    assert arrange.money(customer).held == (ready.total if state == "signing" else 0)


def test_many_workers_reserve_different_nonces_and_send_each_transaction_once(customer, network):
    ready = [arrange.approved(customer, amount="0.5") for _ in range(6)]
    Withdrawal.objects.update(lease_until=None)
    at_once([partial(pipeline.advance, one.pk) for one in ready for _ in range(3)])
    for one in ready:
        arrange.step(one)
    assert sorted(OutgoingTransaction.objects.values_list("nonce", flat=True)) == list(range(6))
    at_once([arrange.sign_all] * 4)
    at_once([partial(pipeline.advance, one.pk) for one in ready for _ in range(3)])
    assert len(set(network.sent)) == 6
    assert {arrange.fresh(one).state for one in ready} == {"broadcast"}


def test_two_settlements_at_once_settle_once(customer, network):
    withdrawal = arrange.sent(customer)
    arrange.mine(network, withdrawal)
    Withdrawal.objects.filter(pk=withdrawal.pk).update(lease_until=None)
    at_once([partial(pipeline.advance, withdrawal.pk)] * 8)
    assert arrange.fresh(withdrawal).state == "success"
    assert arrange.money(customer) == arrange.Money(10 - withdrawal.total, 0)


def test_raw_sql_can_not_hold_more_than_there_is(customer):
    with connection.cursor() as cursor, pytest.raises(DatabaseError):
        cursor.execute(
            "UPDATE wallet_ledgeraccount SET balance = -1 WHERE owner_id = %s AND kind = 'spot_available'", [customer.pk]
        )
