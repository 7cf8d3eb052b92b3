"""The captcha before a log-in."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings

from accounts.models import AttemptCounter
from accounts.services import login, passwords
from accounts.services.captcha_doors import Captcha
from messaging.errors import CaptchaRequired
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, customer
from tests.factories_captchas import captcha_input, solved_picture

pytestmark = pytest.mark.django_db
URL = "/api/v1/sessions"
ALICE = "alice@example.com"


def attempt(api: Api, name: str = ALICE, password: str = "wrong wrong", **more: Any) -> Any:
    return api.post(URL, {"login": name, "password": password, **more})


@pytest.mark.parametrize("name", [ALICE, "nobody@example.com", "аlice@example.com", "not a name"])  # one Cyrillic а
def test_the_third_failure_says_that_a_captcha_is_due_whoever_it_is(api: Api, name: str) -> None:
    customer(email=ALICE)
    said = [attempt(api, name).json() for _ in range(3)]
    assert [(one["failures"], one["captcha_required"]) for one in said] == [(1, False), (2, False), (3, True)]
    refused = attempt(api, name)
    assert (refused.status_code, refused.json()["slug"]) == (422, "messaging.captcha_required")
    assert AttemptCounter.objects.get(scope="name").failures == 3, "what shows no captcha counts nothing"
    solved = attempt(api, name, captcha=captcha_input())
    assert (solved.status_code, solved.json()["failures"]) == (401, 4)


def test_the_right_password_needs_the_captcha_too_and_forgets_the_failures(api: Api) -> None:
    customer(email=ALICE)
    for _ in range(3):
        attempt(api)
    assert attempt(api, password=PASSWORD).json()["slug"] == "messaging.captcha_required"
    assert attempt(api, password=PASSWORD, captcha=captcha_input()).status_code == 201
    assert attempt(api, password=PASSWORD).status_code == 201


def test_a_captcha_is_spent_before_the_password_is_compared(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    customer(email=ALICE)
    for _ in range(3):
        attempt(api)
    compared: list[str] = []
    verify = passwords._verify

    def noted(encoded: str, text: bytes) -> bool:
        compared.append(encoded)
        return verify(encoded, text)

    monkeypatch.setattr(passwords, "_verify", noted)
    captcha = captcha_input()
    assert attempt(api, captcha={**captcha, "answer": "wrong"}).json()["slug"] == "messaging.captcha_wrong"
    assert attempt(api, captcha=captcha).json()["slug"] == "messaging.captcha_wrong"
    assert not compared
    again = captcha_input()
    assert attempt(api, captcha=again).status_code == 401
    assert attempt(api, captcha=again).json()["slug"] == "messaging.captcha_wrong"
    assert len(compared) == 1


def test_a_lock_is_told_without_a_captcha(api: Api) -> None:
    for number in range(5):
        attempt(api, **({"captcha": captcha_input()} if number > 2 else {}))
    assert attempt(api, password=PASSWORD).json()["slug"] == "accounts.sign_in_locked"


def test_the_owners_known_device_is_asked_for_none(api: Api) -> None:
    customer(email=ALICE)
    device = attempt(api, password=PASSWORD).json()["device_token"]
    for _ in range(3):
        attempt(api)
    said = [attempt(api, device_token=device).json() for _ in range(4)]
    assert [one["captcha_required"] for one in said] == [False] * 4
    assert attempt(api, device_token=device, password=PASSWORD).status_code == 201


def test_a_dialect_whose_contract_has_no_captcha_counts_to_the_lock(api: Api) -> None:
    from accounts.errors import SignInLocked, WrongCredentials

    waived = Captcha(is_waived=True)
    failures = []
    for _ in range(5):
        with pytest.raises(WrongCredentials) as refused:
            login.log_in(login="nobody", password="wrong", client=CLIENT, captcha=waived)
        failures.append(refused.value.failures)
    assert failures == [1, 2, 3, 4, 5]
    with pytest.raises(SignInLocked):
        login.log_in(login="nobody", password="wrong", client=CLIENT, captcha=waived)


def test_a_dialect_that_always_asks_is_refused_without_one() -> None:
    user = customer()
    asks = Captcha(is_due=True, kinds=("picture",))
    with pytest.raises(CaptchaRequired) as refused:
        login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT, captcha=asks)
    assert refused.value.kinds == ["picture"]
    solved = Captcha(solved_picture(), kinds=("picture",), is_due=True)
    assert login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT, captcha=solved).token


@pytest.mark.parametrize(
    ("door", "path", "body"),
    [
        ("login", URL, {"login": ALICE, "password": PASSWORD}),
        ("login", f"{URL}/by-code", {"email": ALICE, "code": "123456"}),
        ("registration_code", "/api/v1/codes", {"purpose": "registration", "email": ALICE}),
        ("registration_code", "/api/v1/codes", {"purpose": "quick_registration", "email": ALICE}),
        ("login_code", "/api/v1/codes", {"purpose": "login", "email": ALICE}),
        ("registration", "/api/v1/registration", {"email": ALICE, "password": PASSWORD, "code": "123456"}),
        ("registration", "/api/v1/registration", {"email": ALICE, "code": "123456"}),
        ("registration", "/api/v1/registration", {"email": ALICE, "password": PASSWORD}),
    ],
)
def test_each_door_asks_where_the_settings_name_it(
    api: Api, settings: LazySettings, door: str, path: str, body: dict[str, str]
) -> None:
    settings.CAPTCHA_AT = [door]
    answer = api.post(path, body)
    assert (answer.status_code, answer.json()["slug"]) == (422, "messaging.captcha_required")
    through = api.post(path, {**body, "captcha": captcha_input()})
    assert not through.json().get("slug", "").startswith("messaging.captcha")
    settings.CAPTCHA_AT = ["recovery_code"]
    assert not api.post(path, body).json().get("slug", "").startswith("messaging.captcha")
