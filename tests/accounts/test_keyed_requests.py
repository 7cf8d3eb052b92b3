"""Turns of writes with an Idempotency-Key: who died loses theirs at once, who lives keeps it, and nothing is kept for long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import KeyedRequest, User
from accounts.services import housekeeping, keyed_requests
from accounts.services.keyed_requests import KEPT_HOURS, MEMORY, TURN_SECONDS
from config.kit.clock import now
from config.kit.once import Asked, Kept, KeyReused, RequestInFlight, Turn
from tests.factories_accounts import customer

pytestmark = pytest.mark.django_db
ANSWER = Kept(201, '{"id":"1"}')


@pytest.fixture
def user() -> User:
    return customer()


def asked(user: User, **changes: Any) -> Asked:
    return Asked(**{"user": user, "operation": "POST things", "key": "k", "fingerprint": b"f" * 32} | changes)


def begun(user: User) -> Turn:
    turn = MEMORY.begin(asked(user))
    assert isinstance(turn, Turn)
    return turn


def test_a_turn_is_given_once_and_its_answer_again_and_again(user):
    turn = begun(user)
    with pytest.raises(RequestInFlight):
        MEMORY.begin(asked(user))
    MEMORY.keep(turn, ANSWER)
    assert [MEMORY.begin(asked(user)) for _ in range(2)] == [ANSWER, ANSWER]


def test_another_body_is_refused_whether_the_first_is_under_way_or_done(user):
    turn = begun(user)
    for _ in range(2):
        with pytest.raises(KeyReused):
            MEMORY.begin(asked(user, fingerprint=b"g" * 32))
        MEMORY.keep(turn, ANSWER)


def test_another_customer_key_or_operation_has_a_turn_of_its_own(user):
    begun(user)
    for other in (asked(customer()), asked(user, key="l"), asked(user, operation="POST others")):
        assert isinstance(MEMORY.begin(other), Turn)


def test_the_turn_of_a_process_that_died_passes_on_at_once_and_what_it_still_says_counts_for_nothing(user):
    lost = begun(user)
    KeyedRequest.objects.update(backend=2**31 - 1)
    turn = begun(user)
    MEMORY.keep(lost, Kept(201, "{}"))
    MEMORY.forget(lost)
    with pytest.raises(RequestInFlight):
        MEMORY.begin(asked(user))
    MEMORY.keep(turn, ANSWER)
    assert MEMORY.begin(asked(user)) == ANSWER


def test_a_session_that_was_opened_since_under_the_same_number_is_another(user, monkeypatch):
    monkeypatch.setattr(keyed_requests, "TURN_SECONDS", 10**6)
    begun(user)
    for difference, is_free in ((0, False), (1, True)):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE accounts_keyedrequest SET began_at = a.backend_start - make_interval(secs => %s)"
                " FROM pg_stat_activity a WHERE a.pid = backend",
                [difference],
            )
        if is_free:
            assert isinstance(MEMORY.begin(asked(user)), Turn)
        else:
            with pytest.raises(RequestInFlight):
                MEMORY.begin(asked(user))


def test_a_turn_that_takes_too_long_passes_on(user):
    begun(user)
    KeyedRequest.objects.update(began_at=now() - timedelta(seconds=TURN_SECONDS + 1))
    assert isinstance(MEMORY.begin(asked(user)), Turn)


def test_an_answer_that_was_given_does_not_pass_on(user):
    MEMORY.keep(begun(user), ANSWER)
    KeyedRequest.objects.update(backend=2**31 - 1, began_at=now() - timedelta(hours=KEPT_HOURS - 1))
    assert MEMORY.begin(asked(user)) == ANSWER


def test_a_key_is_free_again_after_a_refusal_and_once_its_time_is_over(user):
    MEMORY.forget(begun(user))
    turn = begun(user)
    MEMORY.keep(turn, ANSWER)
    housekeeping.prune()
    assert MEMORY.begin(asked(user)) == ANSWER
    KeyedRequest.objects.update(began_at=now() - timedelta(hours=KEPT_HOURS, seconds=1))
    housekeeping.prune()
    assert not KeyedRequest.objects.exists()
