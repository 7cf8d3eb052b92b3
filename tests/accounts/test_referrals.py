"""Referral codes."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.services import referrals
from tests.client import Api
from tests.factories_accounts import PASSWORD, customer
from tests.factories_messaging import pass_time_for_resend, read_code

pytestmark = pytest.mark.django_db
URL = "/api/v1/registration"
CODES = "/api/v1/codes"
SESSIONS = "/api/v1/sessions"
ALICE = "alice@example.com"
PHONE = "+886912345678"
OTHER = "another horse, another battery"


def ask(api: Api, purpose: str, token: str | None = None, **where: str) -> str:
    """The code that comes."""
    pass_time_for_resend()
    answer = api.post(CODES, {"purpose": purpose, **where}, token=token)
    assert answer.status_code == 202, answer.content
    return read_code(where.get("email") or where.get("phone") or ALICE)


def test_each_customer_has_a_code_of_eight_characters_that_nobody_misreads(api: Api) -> None:
    code = ask(api, "quick_registration", email=ALICE)
    token = api.post(URL, {"email": ALICE, "code": code}).json()["token"]
    shown = api.get("/api/v1/me", token=token).json()["referral_code"]
    assert len(shown) == 8
    assert set(shown) <= set(referrals.ALPHABET)
    assert not set("ILO01") & set(referrals.ALPHABET)
    User.objects.update(referral_code=None)
    drawn = api.get("/api/v1/me", token=token).json()["referral_code"]
    assert drawn
    assert api.get("/api/v1/me", token=token).json()["referral_code"] == drawn


@pytest.mark.parametrize("way", ["proven", "quick", "unproven"])
def test_the_friend_who_referred_is_kept(api: Api, way: str) -> None:
    friend = customer(email="friend@example.com")
    said = f" {(friend.referral_code or '').lower()} "
    body = {"email": ALICE, "referral_code": said}
    if way != "unproven":
        body["code"] = ask(api, {"proven": "registration", "quick": "quick_registration"}[way], email=ALICE)
    if way != "quick":
        body["password"] = PASSWORD
    pass_time_for_resend()
    assert api.post(URL, body).status_code in {201, 202}
    assert User.objects.get(email=ALICE).referrer == friend


@pytest.mark.parametrize("whose", ["nobody", "sub-account", "officer", "deleted", "unproven"])
def test_a_code_that_refers_nobody_is_refused_before_the_mailed_code_is_spent(api: Api, whose: str) -> None:
    friend = customer(email="friend@example.com", username="friend")
    User.objects.filter(pk=friend.pk).update(
        referral_code="K7QM2ZXA",
        is_staff=whose == "officer",
        status={"deleted": "deleted", "unproven": "not_activated"}.get(whose, "normal"),
    )
    if whose == "sub-account":
        User.objects.filter(pk=friend.pk).update(parent=customer(), email=None)
    code = ask(api, "registration", email=ALICE)
    body = {"email": ALICE, "password": PASSWORD, "code": code}
    refused = api.post(URL, {**body, "referral_code": "ZZZZZZZZ" if whose == "nobody" else "K7QM2ZXA"})
    assert (refused.status_code, refused.json()["slug"]) == (422, "accounts.referral_unknown")
    assert api.post(URL, body).status_code == 201


def test_referral_codes_cannot_be_found_by_trying(api: Api) -> None:
    friend = customer(email="friend@example.com")
    body = {"email": ALICE, "code": "123456"}
    slugs = [api.post(URL, {**body, "referral_code": f"AAAAAA{number:02}"}).json()["slug"] for number in range(11)]
    assert slugs == ["accounts.referral_unknown"] * 10 + ["accounts.referral_locked"]
    right = api.post(URL, {**body, "referral_code": friend.referral_code})
    assert (right.status_code, right.json()["slug"]) == (429, "accounts.referral_locked")
    elsewhere = api.post(URL, {**body, "referral_code": friend.referral_code}, ip="203.0.113.9")
    assert elsewhere.json()["slug"] == "messaging.wrong_code"


def test_a_referral_code_that_is_taken_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = customer()
    draws = iter([first.referral_code, first.referral_code, "K7QM2ZXA"])
    monkeypatch.setattr(referrals, "draw", lambda: next(draws))
    assert customer().referral_code == "K7QM2ZXA"
