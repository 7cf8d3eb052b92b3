"""Other applications on bhex: only who is registered, only where it is registered, and each step once."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import OAuthConsent, OAuthGrant, OAuthRequest, Session, User
from accounts.services import oauth
from accounts.services.oauth import applications
from config.kit.clock import milliseconds, now
from config.kit.errors import LevelTooLow
from tests.accounts.oauth import Application
from tests.client import Api
from tests.dialects.bhex import people
from tests.dialects.bhex.given_applications import AUTHORIZE, TOKEN, application, asks, begun, coded, shows
from tests.dialects.bhex.given_signing import by_code, quickly_signed_up, waiting_for_password
from tests.dialects.bhex.people import DIGEST, Browser
from tests.factories_accounts import CLIENT

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_rates() -> None:
    cache.clear()


def test_what_an_application_asks_for_is_shown_in_the_customers_language_and_by_default_the_least() -> None:
    app = application()
    told = Browser(lang="zh-CN").post(AUTHORIZE, asks(app, scope="get_kyc_level,get_user_info")).json()
    assert len(told["requestId"]) == 64
    assert (told["appName"], told["brokerName"]) == ("Portfolio", "Quaestor")
    assert [one["function"] for one in told["functions"]] == ["get_user_info", "get_kyc_level"]
    assert told["functions"][0] == {"id": "1", "function": "get_user_info", "name": "查看您的 UID、用户名和语言"}
    least = Browser().post(AUTHORIZE, asks(app)).json()
    assert [one["function"] for one in least["functions"]] == ["get_user_info"]


@pytest.mark.parametrize(
    ("change", "number"),
    [({"response_type": None}, 60030), ({"response_type": ""}, 60030), ({"response_type": "token"}, 60030),
     ({"client_id": None}, 60032), ({"client_id": ""}, 60032), ({"client_id": "x"}, 60003), ({"client_id": "x" * 256}, 60003),
     ({"redirect_uri": None}, 60001), ({"redirect_uri": ""}, 60001), ({"redirect_uri": "x" * 1001}, 60017),
     ({"redirect_uri": "https://app.example/callback/"}, 60003), ({"redirect_uri": "https://evil.example/"}, 60003),
     ({"state": None}, 60001), ({"state": ""}, 60001), ({"state": "x" * 1001}, 60002), ({"scope": "do_like"}, 60002),
     ({"scope": "x" * 501}, 60002), ({"code_challenge": "short", "code_challenge_method": "S256"}, 60002),
     ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, 60002)],
)  # fmt: skip
def test_a_request_that_is_wrong_in_any_part_is_told_which_and_is_not_kept(change: dict[str, Any], number: int) -> None:
    answer = Browser().post(AUTHORIZE, asks(application(), **change))
    assert (answer.status_code, answer.json()["code"]) == (400, number)
    assert not OAuthRequest.objects.exists()


def test_an_application_that_was_not_registered_without_pkce_needs_it_here_too() -> None:
    app = Application()
    assert Browser().post(AUTHORIZE, asks(app)).json()["code"] == 60002
    person = quickly_signed_up()
    proven = {name: app.request()[name] for name in ("code_challenge", "code_challenge_method")}
    code = coded(app, person, **proven)
    assert Browser().post(TOKEN, shows(app, code)).json()["code"] in {60005, 60015}
    code = coded(app, person, **proven)
    assert Browser().post(TOKEN, shows(app, code, code_verifier=app.verifier)).status_code == 200


@pytest.mark.parametrize("door", ["mobile_sign_up", "quick_sign_up", "quick_authorize", "authorize_advance", "quick_advance"])
def test_every_door_that_signs_in_answers_a_code_once_to_where_the_application_is_registered(door: str) -> None:
    app = application()
    if door == "mobile_sign_up":
        person = people.somebody()
        fields = {"national_code": "86", "mobile": person.mobile, "password1": DIGEST, "password2": DIGEST,
                  **people.sms_code(person, 1)}  # fmt: skip
    elif door == "quick_sign_up":
        person = people.somebody()
        fields = {"register_type": "mobile", "national_code": "86", "mobile": person.mobile, **people.sms_code(person, 21)}
    elif door == "quick_authorize":
        person = quickly_signed_up()
        fields = by_code(person)
    elif door == "authorize_advance":
        person = people.signed_up()
        fields = people.login_code(person, people.waiting(person)["requestId"])
    else:
        person = people.signed_up()
        fields = {"request_id": waiting_for_password(person)["requestId"], "password": DIGEST}
    path = f"/api/user/{door}".replace("quick_advance", "quick_authorize_advance")
    asked = begun(app)
    answer = person.browser.post(path, {**fields, **asked})
    told = answer.json()["oAuthCodeResult"]
    assert (len(told["code"]), told["state"], told["redirectUrl"]) == (32, "SELECT", app.redirect)
    assert timedelta() < timedelta(milliseconds=int(told["expired"]) - milliseconds(now())) <= timedelta(minutes=10)
    assert answer.cookies["au_token"].value
    consent = OAuthConsent.objects.get()
    assert (consent.user.phone, consent.functions) == (person.phone, "get_user_info")
    other = quickly_signed_up()
    again = Browser().post("/api/user/quick_authorize", {**by_code(other), **asked})
    assert again.json()["code"] == 60020


def test_a_log_in_that_waits_lets_nobody_in() -> None:
    person, asked = people.signed_up(), begun(application())
    fields = {"national_code": "86", "mobile": person.mobile, "password": DIGEST, **asked}
    told = Browser().post("/api/user/mobile_authorize", fields).json()
    assert (told["need2FA"], "oAuthCodeResult" in told) == (True, False)
    first = Browser().post("/api/user/quick_authorize", {**by_code(person), **asked}).json()
    assert (first["needCheckPassword"], "oAuthCodeResult" in first) == (True, False)
    assert not OAuthGrant.objects.exists()
    user = User.objects.get(phone=person.phone)
    waiting = Session.objects.filter(user=user, level="pre2fa").latest("pk")
    with pytest.raises(LevelTooLow):
        oauth.approve(user=user, session=waiting, client=CLIENT, request_id=asked["oauth_request_id"])


@pytest.mark.parametrize("request_id", [None, "", "x", "x" * 64, "x" * 65, "é" * 64])
def test_a_request_that_is_none_opens_nothing(request_id: str | None) -> None:
    known, newcomer = quickly_signed_up(), people.somebody()
    asked = {"is_oauth": "true"} | ({} if request_id is None else {"oauth_request_id": request_id})
    quick = {"register_type": "mobile", "national_code": "86", "mobile": newcomer.mobile, **people.sms_code(newcomer, 21)}
    for path, fields in (("quick_authorize", by_code(known)), ("quick_sign_up", quick)):
        answer = Browser().post(f"/api/user/{path}", {**fields, **asked})
        assert (answer.status_code, answer.json()["code"]) == (400, 60020)
        assert Browser().post(f"/api/user/{path}", {**fields, "oauth_request_id": "x"}).status_code == 200, (
            "the code is not spent"
        )


def test_an_application_that_was_stopped_gets_neither_request_nor_code_nor_token() -> None:
    app, person = application(), quickly_signed_up()
    asked, code = begun(app), coded(app, person)
    applications.set_enabled(client_id=app.client_id, is_enabled=False, by="tests", reason="tests")
    assert Browser().post(AUTHORIZE, asks(app)).json()["code"] == 60003
    assert Browser().post("/api/user/quick_authorize", {**by_code(person), **asked}).json()["code"] == 60020
    assert Browser().post(TOKEN, shows(app, code)).json()["code"] in {60002, 60005}


@pytest.mark.parametrize("form", ["plain", "md5"])
def test_a_code_is_changed_for_a_token_once_and_a_second_use_ends_what_came_of_it(form: str, api: Api) -> None:
    app, person = application(), quickly_signed_up()
    secret = app.secret if form == "plain" else hashlib.md5((app.secret or "").encode(), usedforsecurity=False).hexdigest()
    code = coded(app, person)
    told = Browser().post(TOKEN, shows(app, code, client_secret=secret)).json()
    user = User.objects.get(phone=person.phone)
    assert (told["userId"], len(told["openId"])) == (str(user.uid), 32)
    assert int(told["expired"]) > milliseconds(now())
    read = api.get("/api/v1/oauth/userinfo", token=told["accessToken"])
    assert (read.status_code, read.json()["sub"]) == (200, told["openId"])
    assert Browser().post(TOKEN, shows(app, code)).json()["code"] == 60005
    assert api.get("/api/v1/oauth/userinfo", token=told["accessToken"]).status_code == 401


def test_who_was_not_allowed_to_read_the_customer_learns_no_uid() -> None:
    app, person = application(), quickly_signed_up()
    told = Browser().post(TOKEN, shows(app, coded(app, person, scope="get_kyc_level"))).json()
    assert (told["userId"], len(told["openId"])) == ("", 32)


@pytest.mark.parametrize(
    ("change", "number"),
    [({"client_id": None}, 60032), ({"client_id": ""}, 60032), ({"client_id": "x"}, 60002), ({"client_secret": None}, 60033),
     ({"client_secret": ""}, 60033), ({"client_secret": "x"}, 60002), ({"code": None}, 60034), ({"code": ""}, 60034),
     ({"code": "x"}, 60005), ({"code": "x" * 256}, 60005), ({"redirect_uri": None}, 60001), ({"redirect_uri": ""}, 60001),
     ({"redirect_uri": "https://app.example/other"}, 60005)],
)  # fmt: skip
def test_a_token_asked_for_in_a_wrong_way_is_refused_and_spends_nothing(change: dict[str, Any], number: int) -> None:
    app, person = application(), quickly_signed_up()
    code = coded(app, person)
    answer = Browser().post(TOKEN, shows(app, code, **change))
    assert (answer.status_code, answer.json()["code"]) == (400, number)
    assert Browser().post(TOKEN, shows(app, code)).status_code == 200


def test_the_code_of_another_application_is_none() -> None:
    app, other, person = application(), application(name="Other"), quickly_signed_up()
    answer = Browser().post(TOKEN, shows(other, coded(app, person)))
    assert answer.json()["code"] == 60005
