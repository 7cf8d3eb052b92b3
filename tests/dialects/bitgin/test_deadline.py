"""A request of bitgin's that works for more than thirty seconds is answered with 408, and has changed nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from accounts.models import User
from config.dialects.bitgin.dialect import BITGIN
from config.kit import deadline
from config.kit.errors import TimedOut
from tests.apikeys import people as key_people
from tests.client import Api
from tests.dialects.bitgin.people import refused
from tests.dialects.bitgin.wallets import CONFIRM, mover, state_of
from wallet.models import Transfer
from wallet.services.transfers import books, confirm, policy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str], None]:
    """Let the request's time be over once this function has been called; the clock itself decides nothing."""
    cache.clear()
    moment = [0.0]
    monkeypatch.setattr(deadline, "monotonic", lambda: moment[0])

    def after(module: Any, name: str) -> None:
        real = getattr(module, name)

        def slow(*args: Any, **kwargs: Any) -> Any:
            done = real(*args, **kwargs)
            moment[0] += 30
            return done

        monkeypatch.setattr(module, name, slow)

    return after


def test_what_takes_too_long_is_rolled_back_whole(late: Any) -> None:
    ada, bob = mover(), mover(funds="0")
    late(books, "hold")
    refused(ada.send(bob), 408, -11)
    assert (Transfer.objects.count(), ada.money()) == (0, (10, 0))


def test_money_that_moved_is_told_however_late(late: Any) -> None:
    """It is committed: who is told 408 would ask for it again."""
    ada, bob = mover(), mover(funds="0")
    made = ada.sent(bob)
    ada.caller.get(ada.link())
    late(confirm, "_go_on")
    assert ada.caller.get(f"{CONFIRM}?balance_audit_id={made}").json()["data"] == made
    assert bob.money() == (1, 0)


def test_money_that_would_move_too_late_stays(late: Any) -> None:
    ada, bob = mover(), mover(funds="0")
    made = ada.sent(bob)
    ada.caller.get(ada.link())
    late(policy, "officers_needed")
    refused(ada.caller.get(f"{CONFIRM}?balance_audit_id={made}"), 408, -11)
    assert (state_of(made), ada.money(), bob.money()) == ("opened", (9, 1), (0, 0))


def test_the_answer_after_the_act_may_take_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0, 29.0])
    monkeypatch.setattr(deadline, "monotonic", lambda: next(moments, 31.0))
    with deadline.deadline(30):
        with transaction.atomic():
            assert User.objects.count() == 0
        assert User.objects.count() == 0
        with pytest.raises(TimedOut), transaction.atomic():
            User.objects.count()


def test_a_read_that_nothing_followed_is_stopped_too(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0])
    monkeypatch.setattr(deadline, "monotonic", lambda: next(moments, 30.0))
    with pytest.raises(TimedOut), deadline.deadline(30):
        User.objects.count()


@pytest.mark.parametrize("limit", ["statement_timeout", "lock_timeout"])
def test_what_the_database_stops_is_told_alike_and_natively_as_ever(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    ada, bob = mover(), mover(funds="0")
    native = Api(token=key_people.token(ada.user))

    def stopped(*_given: Any, **_named: Any) -> None:
        with connection.cursor() as cursor:
            if limit == "statement_timeout":
                cursor.execute("SET LOCAL statement_timeout = 1")
                cursor.execute("SELECT pg_sleep(5)")
            else:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'waited' USING ERRCODE = 'lock_not_available'; END $$")

    monkeypatch.setattr(books, "hold", stopped)
    refused(ada.send(bob), 408, -11)
    wish = {"receiver_uid": str(bob.user.uid), "coin": "ETH", "amount": "1"}
    assert native.post("/api/v1/transfers", wish).status_code == 503
    assert not Transfer.objects.exists()


def test_the_document_says_thirty_seconds() -> None:
    assert BITGIN.seconds_max == 30
