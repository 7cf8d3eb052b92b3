"""Signing in by fingerprint on bhex: the token is good once, on its own phone, and the next one comes with the answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import AppToken, Session, User
from tests.dialects.bhex.given_applications import DEVICE, FINGER, kept_token
from tests.dialects.bhex.people import Browser

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_rates() -> None:
    cache.clear()


@pytest.mark.parametrize("apart", [True, False])
def test_the_phone_signs_in_and_keeps_the_next_token_in_the_form_in_which_it_kept_this_one(apart: bool) -> None:
    person, kept = kept_token()
    beside = {"device_id": DEVICE} if apart else {}
    for _ in range(2):
        browser = Browser()
        answer = browser.post(FINGER, {"token": kept.partition(".")[0] if apart else kept, **beside})
        told = answer.json()
        assert (told["success"], told["user"]["userId"]) == (True, str(User.objects.get(email=person.email).uid))
        assert browser.post("/api/user/get_base_info").json()["userId"] == told["user"]["userId"]
        assert answer.headers["X-App-Token"] == told["token"] != kept
        assert ("." in told["token"]) is not apart
        kept = told["token"]


def test_a_spent_token_ends_the_family_and_the_sessions_that_it_opened() -> None:
    _, kept = kept_token()
    browser = Browser()
    following = browser.post(FINGER, {"token": kept}).json()["token"]
    answer = Browser().post(FINGER, {"token": kept})
    assert (answer.status_code, answer.json()["code"]) == (400, 30000)
    assert Browser().post(FINGER, {"token": following}).json()["code"] == 30000
    assert browser.post("/api/user/get_base_info").json()["code"] == 30000


@pytest.mark.parametrize(
    ("change", "number"),
    [({"token": None}, 30003), ({"token": ""}, 30003), ({"token": "x" * 173}, 30003), ({"token": "{bare}"}, 30003),
     ({"token": "{bare}", "device_id": "short"}, 30003), ({"token": "{bare}", "device_id": "x" * 129}, 30003),
     ({"token": "{bare}.another-phone"}, 30000), ({"token": "{bare}", "device_id": "another-phone"}, 30000),
     ({"token": "x" * 43, "device_id": DEVICE}, 30000)],
)  # fmt: skip
def test_a_token_that_is_none_or_another_phones_opens_nothing(change: dict[str, Any], number: int) -> None:
    _, kept = kept_token()
    bare = kept.partition(".")[0]
    fields = {name: value.replace("{bare}", bare) for name, value in change.items() if value is not None}
    answer = Browser().post(FINGER, fields)
    assert (answer.status_code, answer.json()["code"]) == (400, number)
    assert not Session.objects.filter(signed_in_by="app_token").exists()
    assert AppToken.objects.get().replaced_at is None
