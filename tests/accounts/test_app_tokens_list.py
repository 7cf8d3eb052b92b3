"""The devices with fingerprint log-in as their owner sees them, and input that is none."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.errors import AppTokenRefused
from accounts.models import Session
from accounts.models.sessions import EndCause
from accounts.services import app_tokens
from messaging.models import Message
from tests.accounts.app_tokens import DEVICE, issued
from tests.client import Api
from tests.factories_accounts import CLIENT, customer, token_of

pytestmark = pytest.mark.django_db
URL, DOOR = "/api/v1/me/app-tokens", "/api/v1/sessions/by-app-token"


def use(token: str, device_id: str = DEVICE) -> app_tokens.AppSignIn:
    return app_tokens.sign_in(shown=token, device_id=device_id, client=CLIENT)


def refused(token: str, device_id: str = DEVICE) -> None:
    with pytest.raises(AppTokenRefused):
        use(token, device_id)


def test_the_list_shows_the_devices_of_the_customer_and_nothing_of_the_tokens(api: Api) -> None:
    user = customer()
    mine = issued(user, name="Phone")
    issued(customer(), name="Not mine")
    answer = api.get(URL, token=token_of(user))
    assert answer.status_code == 200
    (row,) = answer.json()["results"]
    assert set(row) == {"id", "device", "last_used_at", "expires_at"}
    assert (row["id"], row["device"]) == (str(mine.family), "Phone")


def test_turning_it_off_ends_what_it_opened_but_for_the_session_that_asks(api: Api) -> None:
    user = customer()
    first = use(issued(user).token)
    second = use(first.app_token.token)
    assert api.delete(f"{URL}/{second.app_token.family}", token=second.token).status_code == 204
    assert api.get("/api/v1/me", token=second.token).status_code == 200
    assert api.get("/api/v1/me", token=first.token).status_code == 401
    assert Session.objects.get(pk=first.session.pk).end_cause == EndCause.REVOKED
    refused(second.app_token.token)
    assert not Message.objects.filter(template="app_token_reused").exists()


def test_somebody_elses_device_answers_like_none(api: Api) -> None:
    foreign = issued(customer())
    token = token_of(customer())
    answers = [
        api.delete(f"{URL}/{name}", token=token)
        for name in (foreign.family, "00000000-0000-0000-0000-000000000000", "nothing", "%00", "x" * 36)
    ]
    assert {(answer.status_code, answer.json()["slug"]) for answer in answers} == {(404, "api.absent")}
    assert use(foreign.token).token


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"token": "x"},
        {"token": "x" * 43, "device_id": "short"},
        {"token": "x" * 5_000, "device_id": DEVICE},
        {"token": ["x" * 43], "device_id": DEVICE},
        {"token": "x" * 43, "device_id": "d" * 129},
        {"token": "x" * 43, "device_id": 12345678},
        {"token": "\u0000" * 43, "device_id": DEVICE},
    ],
)
def test_bad_shapes_are_told_so(api: Api, body: dict[str, Any]) -> None:
    assert api.post(DOOR, body).status_code == 400


def test_unknown_tokens_of_any_script_are_refused(api: Api) -> None:
    answer = api.post(DOOR, {"token": "\u00e9" * 43, "device_id": "\U0001f600" * 8})
    assert (answer.status_code, answer.json()["slug"]) == (401, "accounts.app_token_refused")


def test_a_session_that_is_revoked_takes_the_token_along_that_opened_it_and_no_other(api: Api) -> None:
    user = customer()
    here, there = issued(user), issued(user, device_id="device-of-a-thief")
    opened = app_tokens.sign_in(shown=there.token, device_id="device-of-a-thief", client=CLIENT)
    name = f"/api/v1/sessions/{opened.session.public_id}"
    assert api.delete(name, token=token_of(user)).status_code == 204
    with pytest.raises(AppTokenRefused):
        app_tokens.sign_in(shown=opened.app_token.token, device_id="device-of-a-thief", client=CLIENT)
    again = app_tokens.sign_in(shown=here.token, device_id=DEVICE, client=CLIENT)
    assert api.delete("/api/v1/sessions/current", token=again.token).status_code == 204
    assert app_tokens.sign_in(shown=again.app_token.token, device_id=DEVICE, client=CLIENT).token
