"""Sessions: levels, ends and lists."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import LoginRecord, Session, User
from accounts.models.sessions import Level
from accounts.services import login, sessions
from accounts.services.second_factor import Proof
from config.kit.clock import now
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, bind_totp, customer, token_of

pytestmark = pytest.mark.django_db


def is_open(api: Api, token: str) -> bool:
    return bool(api.get("/api/v1/me", token=token).status_code == 200)


def test_one_query_tells_whose_token_it_is(api: Api) -> None:
    token = token_of(customer())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert sessions.find(token)
    assert len(queries) == 1


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer wrong", "Bearer " + "A" * 43, "Bearer " + "A" * 5_000, "bearer \u00e9"]
)
def test_a_token_that_is_none_of_ours_is_refused(api: Api, header: str) -> None:
    answer = api.get("/api/v1/me", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["slug"] == "api.not_signed_in"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_token_is_not_in_the_database() -> None:
    token = token_of(customer())
    stored = " ".join(str(value) for row in Session.objects.values() for value in row.values())
    assert token not in stored


def test_a_session_ends_when_it_is_idle_or_old(api: Api) -> None:
    user = customer()
    with time_machine.travel(now(), tick=False) as clock:
        token = token_of(user)
        clock.shift(timedelta(hours=23, minutes=59))
        assert is_open(api, token)
        clock.shift(timedelta(hours=24, seconds=1))
        assert not is_open(api, token)
        busy = token_of(user)
        for _ in range(31):
            clock.shift(timedelta(hours=23))
            assert is_open(api, busy)
        clock.shift(timedelta(hours=23))
        assert not is_open(api, busy)


def test_the_list_shows_the_own_open_sessions_without_their_tokens(api: Api) -> None:
    user = customer()
    customer_of_other = customer()
    token_of(customer_of_other)
    first, second = token_of(user), token_of(user)
    body = api.get("/api/v1/sessions", token=second).json()
    assert [row["current"] for row in body["results"]] == [True, False]
    assert body["results"][0]["browser"] == "Firefox"
    assert body["results"][0]["device"] == "Linux"
    assert first not in str(body)
    assert second not in str(body)


def test_one_session_is_revoked_by_its_id(api: Api) -> None:
    user = customer()
    first, second = token_of(user), token_of(user)
    target = api.get("/api/v1/sessions", token=second).json()["results"][1]["id"]
    assert api.delete(f"/api/v1/sessions/{target}", token=second).status_code == 204
    assert not is_open(api, first)
    assert is_open(api, second)
    assert api.delete(f"/api/v1/sessions/{target}", token=second).status_code == 404


def test_a_foreign_session_is_answered_like_an_absent_one(api: Api) -> None:
    foreign_token = token_of(customer())
    foreign = Session.objects.get().public_id
    token = token_of(customer())
    answers = [api.delete(f"/api/v1/sessions/{name}", token=token) for name in (foreign, 1234567890123456, "x", "-1")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert is_open(api, foreign_token)


def test_logging_out_ends_the_session_that_asks(api: Api) -> None:
    user = customer()
    first, second = token_of(user), token_of(user)
    assert api.delete("/api/v1/sessions/current", token=first).status_code == 204
    assert not is_open(api, first)
    assert is_open(api, second)
    assert LoginRecord.objects.filter(user=user, act="logout").count() == 1


def test_logging_out_everywhere_ends_all_and_nobody_elses(api: Api) -> None:
    user = customer()
    other = token_of(customer())
    tokens = [token_of(user) for _ in range(3)]
    assert api.delete("/api/v1/sessions/all", token=tokens[1]).status_code == 204
    assert [is_open(api, token) for token in tokens] == [False] * 3
    assert is_open(api, other)


@pytest.mark.parametrize(("status", "works"), [
    ("normal", True), ("blocked", True), ("not_tradable", True), ("not_activated", True),
    ("suspended", False), ("locked", False), ("deleted", False),
])  # fmt: skip
def test_a_stopped_account_loses_its_sessions_at_once(api: Api, status: str, works: bool) -> None:
    user = customer()
    token = token_of(user)
    User.objects.filter(pk=user.pk).update(status=status)
    assert is_open(api, token) == works


def test_a_session_that_waits_for_its_factor_opens_nothing_but_that(api: Api) -> None:
    user = customer()
    bind_totp(user)
    waiting = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT)
    assert waiting.session.level == Level.PRE2FA
    answer = api.get("/api/v1/me", token=waiting.token)
    assert answer.status_code == 403
    assert answer.json()["slug"] == "api.level_too_low"
    assert api.get("/api/v1/sessions", token=waiting.token).status_code == 403
    assert api.patch("/api/v1/me", {"language": "en"}, token=waiting.token).status_code == 403
    assert api.post("/api/v1/me/totp", token=waiting.token).status_code == 403
    assert api.delete("/api/v1/sessions/all", token=waiting.token).status_code == 403
    assert api.delete("/api/v1/sessions/current", token=waiting.token).status_code == 204


def test_a_session_waits_ten_minutes_for_its_factor(api: Api) -> None:
    user = customer()
    app = bind_totp(user)
    with time_machine.travel(now(), tick=False) as clock:
        waiting = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT)
        clock.shift(timedelta(minutes=10, seconds=1))
        body = {"method": "totp", "code": app.code()}
        assert api.post("/api/v1/sessions/second-factor", body, token=waiting.token).status_code == 401


def test_the_oldest_of_too_many_sessions_gives_way(api: Api) -> None:
    user = customer()
    with time_machine.travel(now(), tick=False) as clock:
        tokens = []
        for _ in range(sessions.OPEN_SESSIONS_MAX + 1):
            tokens.append(token_of(user))
            clock.shift(timedelta(seconds=1))
        assert sessions.open_sessions(user).count() == sessions.OPEN_SESSIONS_MAX
        assert not is_open(api, tokens[0])
        assert is_open(api, tokens[1])


def test_who_knows_the_password_alone_signs_nobody_out_by_opening_sessions(api: Api) -> None:
    user = customer()
    app = bind_totp(user)
    waiting = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT)
    token = login.complete(session=waiting.session, proof=Proof("totp", app.code()), client=CLIENT).token
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(sessions.OPEN_SESSIONS_MAX + 1):
            clock.shift(timedelta(seconds=1))
            login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT)
        assert sessions.open_sessions(user).filter(level=Level.PRE2FA).count() == sessions.OPEN_SESSIONS_MAX
        assert is_open(api, token)


def test_a_session_that_rises_makes_room_like_a_new_one(api: Api) -> None:
    user = customer()
    app = bind_totp(user)
    oldest = ""
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(sessions.OPEN_SESSIONS_MAX + 1):
            clock.shift(timedelta(seconds=31))
            waiting = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT)
            risen = login.complete(session=waiting.session, proof=Proof("totp", app.code()), client=CLIENT)
            oldest = oldest or risen.token
        assert sessions.open_sessions(user).count() == sessions.OPEN_SESSIONS_MAX
        assert not is_open(api, oldest)


def test_an_account_that_is_not_activated_reaches_a_low_session_only(api: Api) -> None:
    user = customer()
    User.objects.filter(pk=user.pk).update(status="not_activated")
    made = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT)
    assert made.session.level == Level.LOW
    assert api.get("/api/v1/me/logins", token=made.token).status_code == 403


def test_the_log_shows_what_happened_newest_first_and_only_to_its_owner(api: Api) -> None:
    user = customer(email="alice@example.com")
    customer()
    api.post("/api/v1/sessions", {"login": "alice@example.com", "password": "wrong wrong"})
    token = token_of(user)
    body = api.get("/api/v1/me/logins", token=token).json()
    assert [row["act"] for row in body["results"]] == ["login", "login_failed", "registered"]
    assert body["results"][0]["ip"] == "127.0.0.1"
    page = api.get("/api/v1/me/logins?size=2", token=token).json()
    assert len(page["results"]) == 2
    assert [row["act"] for row in api.get(page["next"], token=token).json()["results"]] == ["registered"]


def test_a_session_rises_once_from_one_token() -> None:
    user = customer()
    bind_totp(user)
    waiting = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session
    same = Session.objects.get(pk=waiting.pk)
    assert sessions.rise(session=waiting, level=Level.FULL)
    assert sessions.rise(session=same, level=Level.FULL) is None
