"""Requests that were captured and are sent again: none is let in."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from apikeys.models import Nonce
from apikeys.services import pruning
from config.kit.clock import now
from tests.apikeys import people, urls
from tests.apikeys.test_requests import BODY, slug

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.apikeys.urls")]


@pytest.fixture
def ada():
    return people.customer()


@pytest.fixture
def client(ada):
    return people.signer(people.issue(ada, scopes=("read", "withdraw"), networks=("127.0.0.1",)))


def test_a_request_acts_once_however_often_it_is_sent(client, empty_cache):
    signed = client.sign("POST", "/api/v1/writing", BODY)
    assert people.send(signed).status_code == 200
    for _ in range(3):
        response = people.send(signed)
        assert (response.status_code, slug(response)) == (401, "apikeys.nonce_used")
        cache.clear()
    assert len(urls.writes) == 1


def test_captured_requests_are_refused_at_once_and_after_the_window_and_after_pruning(client, no_rates, pytestconfig):
    count = int(pytestconfig.getoption("--captured-requests"))
    with time_machine.travel(now(), tick=False) as clock:
        captured = [client.sign("POST", "/api/v1/writing", BODY) for _ in range(count)]
        captured += [client.sign("GET", "/api/v1/reading") for _ in range(count)]
        assert all(people.send(signed).status_code == 200 for signed in captured)
        assert {slug(people.send(signed)) for signed in captured} == {"apikeys.nonce_used"}
        for seconds in (30, 35, 11 * 60, 10 * 60):
            clock.shift(timedelta(seconds=seconds))
            pruning.prune()
            cache.clear()
            assert {slug(people.send(signed)) for signed in captured} <= {"apikeys.nonce_used", "apikeys.clock_outside_window"}
    assert len(urls.writes) == count
    assert not Nonce.objects.exists()


def test_no_nonce_is_forgotten_while_its_timestamp_could_be_let_in(client):
    early = str(int(time.time() * 1000) + 59_000)
    signed = client.sign("POST", "/api/v1/writing", BODY, timestamp=early)
    assert people.send(signed).status_code == 200
    with time_machine.travel(now() + timedelta(seconds=118), tick=True):
        assert pruning.prune() == 0
        assert slug(people.send(signed)) == "apikeys.nonce_used"


def test_one_key_may_use_the_nonce_of_another(ada, client):
    other = people.signer(people.issue(ada))
    nonce = "0123456789abcdef"
    assert people.send(client.sign("GET", "/api/v1/reading", nonce=nonce)).status_code == 200
    assert people.send(other.sign("GET", "/api/v1/reading", nonce=nonce)).status_code == 200
    assert slug(people.send(client.sign("GET", "/api/v1/reading", nonce=nonce))) == "apikeys.nonce_used"
