"""Signing in with a passkey: alone, after the password, and to make a session fresh again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import LoginRecord, Session, User
from accounts.models.sessions import Level
from accounts.services import attempts, login, sessions
from config.kit.clock import now
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, customer
from tests.factories_passkeys import Device, add_passkey

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> tuple[User, Device]:
    user = customer(email="alice@example.com")
    device, _ = add_passkey(user, login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session)
    return user, device


def sign_in(api: Api, device: Device, **more: Any) -> Any:
    options = api.post("/api/v1/passkey-challenges", {"purpose": "login"}).json()["options"]
    return api.post("/api/v1/sessions/by-passkey", {"passkey": device.get(options), **more})


def test_a_passkey_alone_opens_a_whole_fresh_session(api: Api, owner: tuple[User, Device]) -> None:
    user, device = owner
    answer = sign_in(api, device)
    assert (answer.status_code, answer.json()["level"]) == (201, "full")
    assert answer.json()["device_token"]
    shown = answer.json()["token"]
    assert api.get("/api/v1/me", token=shown).json()["uid"] == str(user.uid)
    session = Session.objects.order_by("-id").first()
    assert session is not None
    assert (session.signed_in_by, sessions.is_fresh(session)) == ("passkey", True)
    assert LoginRecord.objects.filter(user=user, act="login").exists()
    known = sign_in(api, device, device_token=answer.json()["device_token"])
    assert (known.status_code, known.json()["device_token"]) == (201, None)


def test_one_answer_opens_one_session(api: Api, owner: tuple[User, Device]) -> None:
    _, device = owner
    options = api.post("/api/v1/passkey-challenges", {"purpose": "login"}).json()["options"]
    body = {"passkey": device.get(options)}
    assert api.post("/api/v1/sessions/by-passkey", body).status_code == 201
    again = api.post("/api/v1/sessions/by-passkey", body)
    assert (again.status_code, again.json()["slug"]) == (422, "accounts.passkey_refused")


def test_a_challenge_for_an_act_opens_no_session(api: Api, owner: tuple[User, Device]) -> None:
    user, device = owner
    shown = sessions.open_session(user=user, level=Level.FULL, client=CLIENT).token
    for purpose in ("second_factor", "withdrawal"):
        options = api.post("/api/v1/passkey-challenges", {"purpose": purpose}, token=shown).json()["options"]
        assert api.post("/api/v1/sessions/by-passkey", {"passkey": device.get(options)}).status_code == 422


def test_a_challenge_to_sign_in_proves_no_act(api: Api, owner: tuple[User, Device]) -> None:
    user, device = owner
    shown = sessions.open_session(user=user, level=Level.FULL, client=CLIENT).token
    options = api.post("/api/v1/passkey-challenges", {"purpose": "login"}, token=shown).json()["options"]
    assert api.post("/api/v1/me/recovery-codes", {"passkey": device.get(options)}, token=shown).status_code == 422


def test_without_the_handle_of_its_account_a_passkey_opens_nothing(api: Api, owner: tuple[User, Device]) -> None:
    _, device = owner
    options = api.post("/api/v1/passkey-challenges", {"purpose": "login"}).json()["options"]
    answer = device.get(options)
    answer["response"]["userHandle"] = None
    assert api.post("/api/v1/sessions/by-passkey", {"passkey": answer}).status_code == 422


@pytest.mark.parametrize(
    ("state", "slug"),
    [
        ({"status": "locked"}, "accounts.account_stopped"),
        ({"status": "deleted"}, "accounts.passkey_refused"),
        ({"is_staff": True}, "accounts.passkey_refused"),
    ],
)
def test_who_may_not_sign_in_does_not_by_passkey(
    api: Api, owner: tuple[User, Device], state: dict[str, Any], slug: str
) -> None:
    user, device = owner
    User.objects.filter(pk=user.pk).update(**state)
    assert sign_in(api, device).json()["slug"] == slug


def test_after_the_password_a_passkey_is_the_second_step(api: Api, owner: tuple[User, Device]) -> None:
    _, device = owner
    first = api.post("/api/v1/sessions", {"login": "alice@example.com", "password": PASSWORD})
    assert (first.status_code, first.json()["methods"]) == (202, ["passkey"])
    waiting = first.json()["token"]
    assert api.post("/api/v1/codes", {"purpose": "second_factor"}, token=waiting).json()["slug"] == "accounts.authenticator_due"
    asked = api.post("/api/v1/sessions/second-factor", {}, token=waiting)
    assert (asked.status_code, asked.json()["slug"]) == (403, "accounts.second_factor_required")
    body = {"passkey": device.get(asked.json()["passkey_options"])}
    done = api.post("/api/v1/sessions/second-factor", body, token=waiting)
    assert (done.status_code, done.json()["level"]) == (201, "full")
    assert done.json()["token"] != waiting
    assert api.get("/api/v1/me", token=waiting).status_code == 401


def test_a_challenge_for_one_half_session_completes_no_other(api: Api, owner: tuple[User, Device]) -> None:
    user, device = owner
    waiting = [login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).token for _ in range(2)]
    options = api.post("/api/v1/passkey-challenges", {"purpose": "second_factor"}, token=waiting[0]).json()["options"]
    body = {"passkey": device.get(options)}
    assert api.post("/api/v1/sessions/second-factor", body, token=waiting[1]).status_code == 422
    assert api.post("/api/v1/sessions/second-factor", body, token=waiting[0]).status_code == 422


def test_a_passkey_makes_an_old_session_fresh_again(api: Api, owner: tuple[User, Device]) -> None:
    _, device = owner
    with time_machine.travel(now(), tick=False) as clock:
        shown = sign_in(api, device).json()["token"]
        clock.shift(timedelta(minutes=6))
        stale = api.put("/api/v1/me/username", {"username": "alice"}, token=shown).json()
        assert (stale["slug"], stale["methods"]) == ("api.not_fresh", ["passkey"])
        options = api.post("/api/v1/passkey-challenges", {"purpose": "second_factor"}, token=shown).json()["options"]
        risen = api.post("/api/v1/sessions/second-factor", {"passkey": device.get(options)}, token=shown)
        assert risen.status_code == 201
        assert api.put("/api/v1/me/username", {"username": "alice"}, token=risen.json()["token"]).status_code == 200


def test_a_network_that_shows_too_many_wrong_passkeys_waits(api: Api, owner: tuple[User, Device]) -> None:
    _, device = owner
    for _ in range(attempts.ADDRESS_STEPS[0][0]):
        attempts.begin(attempts.address("127.0.0.1"))
    answer = sign_in(api, device)
    assert (answer.status_code, answer.json()["slug"]) == (429, "accounts.address_locked")
