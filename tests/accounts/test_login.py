"""Logging in with a password."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings, settings

from accounts.models import AttemptCounter, LoginRecord, PasswordForm, Session, User
from accounts.services import attempts, login, passwords
from accounts.services.attempts import ADDRESS_STEPS
from config.kit.clock import now
from config.kit.errors import Unavailable
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, customer, officer
from tests.factories_messaging import read_message

pytestmark = pytest.mark.django_db
URL = "/api/v1/sessions"


@pytest.fixture(autouse=True)
def _no_captcha(settings: LazySettings) -> None:
    """These tests are about counters and locks; tests/accounts/test_login_captcha.py is about what comes before them."""
    settings.LOGIN_CAPTCHA_AFTER_FAILURES = 0


def test_the_right_password_opens_a_full_fresh_session(api: Api) -> None:
    user = customer(email="alice@example.com")
    answer = api.post(URL, {"login": "alice@example.com", "password": PASSWORD})
    assert answer.status_code == 201
    body = answer.json()
    assert body["level"] == "full"
    assert set(body) == {"token", "level", "expires_at", "fresh_until", "device_token"}
    session = Session.objects.get(user=user)
    assert body["token"].encode() not in bytes(session.token_hash)
    assert api.get("/api/v1/me", token=body["token"]).json()["uid"] == str(user.uid)


@pytest.mark.parametrize("field", ["login", "email", "username", "uid", "phone"])
def test_each_name_of_the_account_opens_it(api: Api, field: str) -> None:
    user = customer(email="alice@example.com", username="Alice")
    User.objects.filter(pk=user.pk).update(phone="+886912345678")
    body = {
        "login": {"login": " ALICE@example.COM "},
        "email": {"email": "Alice@example.com"},
        "username": {"username": "aLICE"},
        "uid": {"login": str(user.uid)},
        "phone": {"phone": "+886 912 345 678"},
    }[field]
    assert api.post(URL, {**body, "password": PASSWORD}).status_code == 201


@pytest.mark.parametrize("body", [{}, {"login": "a", "email": "b@example.com"}])
def test_exactly_one_name_is_due(api: Api, body: dict[str, str]) -> None:
    answer = api.post(URL, {**body, "password": PASSWORD})
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["login"]


def test_known_and_unknown_names_are_answered_and_counted_alike(api: Api) -> None:
    customer(email="known@example.com")
    for attempt in range(1, 8):
        known = api.post(URL, {"login": "known@example.com", "password": "wrong wrong"})
        unknown = api.post(URL, {"login": "unknown@example.com", "password": "wrong wrong"})
        assert known.status_code == unknown.status_code == (401 if attempt <= 5 else 429)
        assert known.json() == unknown.json()
    locked = api.post(URL, {"login": "known@example.com", "password": "wrong wrong"})
    assert (locked.json()["failures"], locked.json()["slug"]) == (5, "accounts.sign_in_locked")
    assert 0 < locked.json()["retry_after"] <= 60
    assert locked.headers["Retry-After"] == str(locked.json()["retry_after"])


@pytest.mark.real_hashing
def test_an_unknown_name_costs_a_hash_like_a_known_one(monkeypatch: pytest.MonkeyPatch, api: Api) -> None:
    customer(email="known@example.com")
    hashed: list[str] = []
    verify = passwords._verify

    def noted(encoded: str, plain: bytes) -> bool:
        hashed.append(encoded)
        return verify(encoded, plain)

    monkeypatch.setattr(passwords, "_verify", noted)
    for name in ("known@example.com", "unknown@example.com", "not a name", "+123", "1" * 200):
        assert api.post(URL, {"login": name, "password": "wrong wrong"}).status_code == 401
    assert [encoded.split("$")[1:4] for encoded in hashed] == [["argon2id", "v=19", "m=19456,t=2,p=1"]] * 5


def test_a_locked_name_refuses_the_right_password_until_its_time(api: Api) -> None:
    customer(email="alice@example.com")
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(5):
            api.post(URL, {"login": "alice@example.com", "password": "wrong wrong"})
        assert api.post(URL, {"login": "alice@example.com", "password": PASSWORD}).status_code == 429
        assert api.post(URL, {"login": " Alice@EXAMPLE.com", "password": PASSWORD}).status_code == 429
        clock.shift(timedelta(seconds=61))
        assert api.post(URL, {"login": "alice@example.com", "password": PASSWORD}).status_code == 201
        assert api.post(URL, {"login": "alice@example.com", "password": "wrong wrong"}).json()["failures"] == 1


def test_each_further_failure_locks_for_longer(api: Api) -> None:
    locks = []
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(4):
            api.post(URL, {"login": "nobody", "password": "wrong wrong"})
        for _ in range(5):
            api.post(URL, {"login": "nobody", "password": "wrong wrong"})
            locks.append(api.post(URL, {"login": "nobody", "password": "wrong wrong"}).json()["retry_after"])
            clock.shift(timedelta(seconds=locks[-1] + 1))
    assert locks == [60, 300, 900, 3_600, 86_400]


def test_failures_are_forgotten_after_a_day(api: Api) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(3):
            api.post(URL, {"login": "nobody", "password": "wrong wrong"})
        clock.shift(timedelta(hours=24, seconds=1))
        assert api.post(URL, {"login": "nobody", "password": "wrong wrong"}).json()["failures"] == 1


def test_the_owners_known_device_is_not_locked_out_by_strangers(api: Api) -> None:
    customer(email="alice@example.com")
    device = api.post(URL, {"login": "alice@example.com", "password": PASSWORD}).json()["device_token"]
    for _ in range(6):
        api.post(URL, {"login": "alice@example.com", "password": "wrong wrong"})
    good = {"login": "alice@example.com", "password": PASSWORD}
    assert api.post(URL, good).status_code == 429
    known = api.post(URL, {**good, "device_token": device})
    assert known.status_code == 201
    assert known.json()["device_token"] is None
    assert api.post(URL, {**good, "device_token": "x" * 43}).status_code == 429


def test_a_known_device_has_tries_of_its_own_that_end(api: Api) -> None:
    customer(email="alice@example.com")
    device = api.post(URL, {"login": "alice@example.com", "password": PASSWORD}).json()["device_token"]
    wrong = {"login": "alice@example.com", "password": "wrong wrong", "device_token": device}
    assert [api.post(URL, wrong).status_code for _ in range(11)] == [401] * 10 + [429]


def test_a_foreign_device_opens_nothing_more(api: Api) -> None:
    customer(email="alice@example.com")
    customer(email="mallory@example.com")
    device = api.post(URL, {"login": "mallory@example.com", "password": PASSWORD}).json()["device_token"]
    wrong = {"login": "alice@example.com", "password": "wrong wrong", "device_token": device}
    assert [api.post(URL, wrong).status_code for _ in range(6)] == [401] * 5 + [429]


def test_an_address_that_guesses_over_many_names_is_locked(api: Api) -> None:
    limit = ADDRESS_STEPS[0][0]
    for number in range(limit):
        api.post(URL, {"login": f"name{number}", "password": "wrong wrong"}, ip="203.0.113.7")
    answer = api.post(URL, {"login": "another", "password": "wrong wrong"}, ip="203.0.113.7")
    assert answer.json()["slug"] in {"accounts.address_locked", "api.throttled"}
    assert api.post(URL, {"login": "another", "password": "wrong wrong"}, ip="203.0.113.8").status_code == 401


def test_right_passwords_use_up_nothing_of_an_address(api: Api) -> None:
    customer(email="alice@example.com")
    for _ in range(3):
        assert api.post(URL, {"login": "alice@example.com", "password": PASSWORD}).status_code == 201
    assert AttemptCounter.objects.get(scope="address").failures == 0


def test_64_wrong_passwords_at_once_get_five_comparisons(real_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    customer(email="alice@example.com")
    compared: list[int] = []
    matches = passwords.matches

    def noted(stored: Sequence[PasswordForm], given: passwords.Given) -> bool:
        compared.append(1)
        return matches(stored, given)

    monkeypatch.setattr(passwords, "matches", noted)
    monkeypatch.setattr(passwords, "_places", threading.BoundedSemaphore(64))
    results = at_once(64, lambda _: login.log_in(login="alice@example.com", password="wrong wrong", client=CLIENT))
    slugs = sorted(result.slug for result in results)
    assert slugs == ["accounts.address_locked"] * 14 + ["accounts.sign_in_locked"] * 45 + ["accounts.wrong_credentials"] * 5
    assert len(compared) == 5
    assert AttemptCounter.objects.get(scope="name").failures == 5
    assert LoginRecord.objects.filter(act="login_failed").count() == 5


@pytest.mark.parametrize("status", ["suspended", "locked"])
def test_a_stopped_account_is_told_only_to_who_knows_the_password(api: Api, status: str) -> None:
    user = customer(email="alice@example.com")
    User.objects.filter(pk=user.pk).update(status=status)
    assert api.post(URL, {"login": "alice@example.com", "password": "wrong wrong"}).status_code == 401
    answer = api.post(URL, {"login": "alice@example.com", "password": PASSWORD})
    assert answer.status_code == 403
    assert answer.json()["status"] == status or answer.json()["slug"] == "accounts.account_stopped"
    assert not Session.objects.exists()


def test_a_deleted_account_is_answered_like_an_unknown_one(api: Api) -> None:
    user = customer(email="alice@example.com")
    User.objects.filter(pk=user.pk).update(status="deleted")
    deleted = api.post(URL, {"login": "alice@example.com", "password": PASSWORD})
    unknown = api.post(URL, {"login": "nobody@example.com", "password": PASSWORD})
    assert deleted.status_code == 401
    assert deleted.json() == unknown.json()


def test_an_officer_is_answered_at_the_customers_door_like_nobody(api: Api) -> None:
    made, _ = officer()
    known = api.post(URL, {"login": made.email, "password": PASSWORD})
    unknown = api.post(URL, {"login": "nobody@example.com", "password": PASSWORD})
    assert known.status_code == 401
    assert known.json() == unknown.json()
    assert not LoginRecord.objects.filter(user=made).exists()


def test_what_a_locked_address_tries_is_not_held_against_the_name(api: Api) -> None:
    customer(email="alice@example.com")
    AttemptCounter.objects.all().delete()
    there = attempts.address("203.0.113.7")
    begun = [attempts.begin(there) for _ in range(ADDRESS_STEPS[0][0])]
    assert begun[-1][0].failures == ADDRESS_STEPS[0][0]
    for _ in range(6):
        answer = api.post(URL, {"login": "alice@example.com", "password": "wrong wrong"}, ip="203.0.113.7")
        assert answer.json()["slug"] == "accounts.address_locked"
    assert not AttemptCounter.objects.filter(scope="name").exists()
    assert api.post(URL, {"login": "alice@example.com", "password": PASSWORD}).status_code == 201


@pytest.mark.parametrize("failed", [0, 4, 5])
def test_a_full_pool_sends_log_ins_away_at_once_and_counts_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch, failed: int
) -> None:
    customer(email="alice@example.com")
    AttemptCounter.objects.all().delete()
    good = {"login": "alice@example.com", "password": PASSWORD}
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(failed):
            api.post(URL, {**good, "password": "wrong wrong"})
        clock.shift(timedelta(minutes=2))
        pool = threading.BoundedSemaphore(1)
        monkeypatch.setattr(passwords, "_places", pool)
        monkeypatch.setattr(passwords, "SLOT_WAIT_SECONDS", 0)
        with pool:
            answer = api.post(URL, good)
        assert (answer.status_code, answer.json()["slug"]) == (503, "api.unavailable")
        assert answer.headers["Retry-After"] == "1"
        assert set(AttemptCounter.objects.values_list("failures", "locked_until")) == {(failed, None)}
        assert api.post(URL, good).status_code == 201


def test_as_many_log_ins_wait_as_there_are_places_and_no_more() -> None:
    held = [passwords._place() for _ in range(settings.PASSWORD_HASHING_SLOTS)]
    with contextlib.ExitStack() as stack:
        for place in held:
            stack.enter_context(place)
        with ThreadPoolExecutor(passwords.WAITERS_MAX + 4) as pool:
            waiting = [pool.submit(passwords._verify, "", b"") for _ in range(passwords.WAITERS_MAX + 4)]
            refused, _ = wait_for(waiting, timeout=30, return_when=FIRST_COMPLETED)
            while len(refused) < 4:
                refused, _ = wait_for(waiting, timeout=0.05)
            assert [type(one.exception()) for one in refused] == [Unavailable] * 4
            stack.close()
        assert [one.result() for one in waiting if one not in refused] == [False] * passwords.WAITERS_MAX


def test_a_new_device_is_announced_and_a_known_one_is_not(api: Api) -> None:
    customer(email="alice@example.com")
    good = {"login": "alice@example.com", "password": PASSWORD}
    device = api.post(URL, good).json()["device_token"]
    assert read_message("alice@example.com", "new_login").facts["ip"] == "127.0.0.1"
    from messaging.models import Message

    before = Message.objects.filter(template="new_login").count()
    api.post(URL, {**good, "device_token": device})
    assert Message.objects.filter(template="new_login").count() == before


def test_a_password_of_a_megabyte_is_refused_before_it_is_hashed(api: Api) -> None:
    answer = api.post(URL, {"login": "alice@example.com", "password": "x" * 1_000_000})
    assert answer.status_code == 413
    answer = api.post(URL, {"login": "alice@example.com", "password": "x" * 2_000})
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["password"]


def test_one_password_typed_in_two_unicode_forms_is_one_password(api: Api) -> None:
    user = customer(email="alice@example.com")
    passwords.store(user, passwords.encode_forms(passwords.plain("caf\u00e9 au lait, deux")))
    assert api.post(URL, {"login": str(user.uid), "password": "cafe\u0301 au lait, deux"}).status_code == 201
