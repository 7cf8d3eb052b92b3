"""Many at once, on real threads and connections: nothing overdraws, each race has one winner."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError

from config.kit.clock import now
from tests.wallet.transfers import arrange
from tests.wallet.withdrawals.crowd import at_once, collected, patiently
from wallet.errors import InsufficientFunds
from wallet.models import Posting, Transfer, TransferDecision, TransferEvent, TransferLimit
from wallet.services import audit
from wallet.services.transfers import cancel, confirm, errors, expiry, links, request, review
from wallet.services.transfers.payload import payload_hash_of

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 50
"""Let go at once; each asks several times, as the database's connections are counted."""


@pytest.fixture(autouse=True)
def commits(real_db):
    """Real commits."""


def wish(sender: Any, receiver: Any, **more: Any) -> Callable[[], Any]:
    words = {"coin": "ETH", "amount": "1", "ip": arrange.IP, "receiver": arrange.to(receiver)} | more
    return patiently(partial(request.request, customer=sender, **words))


def while_busy(act: Callable[[], Any]) -> Callable[[], Any]:
    """The act, tried again where it only waited too long for a lock: a slow machine is no deadlock."""

    def again() -> Any:
        while True:
            try:
                return act()
            except OperationalError as failure:
                if getattr(failure.__cause__, "sqlstate", "") != "55P03":
                    raise

    return again


def test_200_transfers_of_1_from_a_balance_of_10_are_exactly_10(sender, receiver):
    results = [one for many in at_once([collected(wish(sender, receiver), 4)] * THREADS) for one in many]
    made = [result for result in results if isinstance(result, request.Requested)]
    refused = [result for result in results if isinstance(result, InsufficientFunds)]
    assert (len(results), len(made), len(refused)) == (200, 10, 190), {type(result) for result in results}
    assert arrange.money(sender) == arrange.Money(0, 10)
    assert Transfer.objects.count() == 10
    assert audit.run(stop=False).findings == []


def test_the_limit_holds_against_a_crowd(sender, receiver):
    TransferLimit.objects.filter(coin__code="ETH", level=2, window_hours=24).update(maximum=Decimal(3))
    results = at_once([wish(sender, receiver)] * 16)
    assert sum(isinstance(result, request.Requested) for result in results) == 3


def test_one_reference_has_one_effect_however_many_ask_and_in_whatever_coin(sender, receiver):
    arrange.fund(sender, "100", coin="USDT")
    ether = wish(sender, receiver, client_reference="once")
    dollars = wish(sender, receiver, client_reference="once", coin="USDT")
    results = at_once([ether, dollars] * 10)
    made = [result for result in results if isinstance(result, request.Requested)]
    assert sum(not one.replayed for one in made) == 1
    assert Transfer.objects.count() == 1
    assert Posting.objects.filter(kind="transfer_hold").count() == 1


def test_opposite_transfers_given_at_once_never_lock_each_other_out(sender, officers):
    """Half give one way and half the other. Nothing but waiting is tried again here: a deadlock would be seen."""
    other = arrange.customer()
    there = [arrange.reviewed(sender, other, amount="0.2") for _ in range(10)]
    back = [arrange.reviewed(other, sender, amount="0.3") for _ in range(10)]
    for one in [*there, *back]:
        arrange.approve(one, officers[0])
    approve = review.approve.__wrapped__  # type: ignore[attr-defined]  # what `retried` wraps
    acts = [while_busy(partial(arrange.decide, approve, one, officers[1])) for one in [*there, *back]]
    random.shuffle(acts)
    results = at_once(acts)
    assert [one for one in results if not isinstance(one, Transfer)] == []
    assert arrange.money(sender) == arrange.Money(Decimal(11), 0)
    assert arrange.money(other) == arrange.Money(Decimal(9), 0)
    assert audit.run(stop=False).findings == []


@pytest.mark.parametrize("_round", range(8))
def test_cancel_confirm_and_expire_have_one_winner_and_the_hold_ends_once(sender, receiver, _round):
    waiting = arrange.opened(sender, receiver)
    late = now() - timedelta(seconds=1) if _round % 2 else waiting.expires_at
    Transfer.objects.filter(pk=waiting.pk).update(expires_at=late)
    acts: list[Callable[[], Any]] = [
        partial(cancel.cancel, customer=sender, public_id=waiting.public_id),
        partial(confirm.confirm, customer=sender, public_id=waiting.public_id, ip=arrange.IP),
        partial(expiry.expire, waiting.pk),
        partial(confirm.confirm, customer=sender, public_id=waiting.public_id, ip=arrange.IP),
    ]
    random.shuffle(acts)
    results = at_once(acts)
    state = arrange.fresh(waiting).state
    assert state in ({"cancelled", "expired"} if _round % 2 else {"cancelled", "completed"}), results
    assert arrange.money(sender) == (arrange.Money(9, 0) if state == "completed" else arrange.Money(10, 0))
    assert arrange.money(receiver).available == (1 if state == "completed" else 0)
    assert TransferEvent.objects.filter(transfer=waiting, state_after__in=["cancelled", "expired", "completed"]).count() == 1
    assert Posting.objects.filter(scope="transfer", key=f"{waiting.public_id}:end").count() == 1


@pytest.mark.parametrize("_round", range(8))
def test_cancel_approve_and_reject_have_one_winner_and_the_hold_ends_once(sender, receiver, officers, _round):
    waiting = arrange.reviewed(sender, receiver, officers=1)
    decide: dict[str, Any] = {"public_id": waiting.public_id, "reason": "x", "seen_hash": payload_hash_of(waiting)}
    acts: list[Callable[[], Any]] = [
        partial(cancel.cancel, customer=sender, public_id=waiting.public_id),
        partial(review.approve, officer=officers[0], **decide),
        partial(review.reject, officer=officers[1], **decide),
        partial(expiry.expire, waiting.pk),
    ]
    random.shuffle(acts)
    at_once(acts)
    state = arrange.fresh(waiting).state
    assert state in {"cancelled", "completed", "rejected"}
    assert arrange.money(sender) == (arrange.Money(9, 0) if state == "completed" else arrange.Money(10, 0))
    assert arrange.money(receiver).available == (1 if state == "completed" else 0)
    assert TransferDecision.objects.filter(transfer=waiting).count() == (state != "cancelled")
    assert audit.run(stop=False).findings == []


def test_the_same_officer_at_the_same_time_makes_one_decision(sender, receiver, officers):
    waiting = arrange.reviewed(sender, receiver)
    results = at_once([partial(arrange.approve, waiting, officers[0])] * 6)
    assert sum(isinstance(result, Transfer) for result in results) == 1
    assert arrange.fresh(waiting).state == "second_review"


def test_two_mails_asked_for_at_once_are_one(sender, receiver):
    waiting = arrange.ask(sender, receiver)
    Transfer.objects.filter(pk=waiting.pk).update(link_sent_at=now() - timedelta(minutes=2))
    results = at_once([partial(links.resend, customer=sender, public_id=waiting.public_id)] * 6)
    assert sum(isinstance(result, Transfer) for result in results) == 1
    assert sum(isinstance(result, errors.TransferLinkTooSoon) for result in results) == 5
    assert arrange.fresh(waiting).links_sent == 2
