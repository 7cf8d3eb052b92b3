"""Another application reads from a customer's account: the whole way, and what it gets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from accounts.models import LoginRecord, OAuthConsent, OAuthGrant, OAuthRequest
from accounts.services import housekeeping
from config.kit.clock import now
from config.kit.fields import mask_email
from tests.accounts.oauth import ALL, AUTHORIZATIONS, REDIRECT, TOKEN, USERINFO, Application, basic, post_form, query_of
from tests.client import Api
from tests.factories_accounts import customer, token_of
from tests.factories_messaging import read_message

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_public", [False, True])
def test_a_customer_lets_an_application_in_and_it_reads(api: Api, is_public: bool) -> None:
    app, user = Application(is_public=is_public), customer(email="alice@example.com")
    begun = api.post(AUTHORIZATIONS, app.request())
    assert begun.status_code == 201
    request = begun.json()
    assert (len(request["id"]), request["application"], request["redirect_uri"]) == (64, "Portfolio", REDIRECT)
    assert [function["name"] for function in request["functions"]] == list(ALL)
    assert api.get(f"{AUTHORIZATIONS}/{request['id']}").json() == request
    approved = api.post(f"{AUTHORIZATIONS}/{request['id']}/approve", token=token_of(user))
    assert approved.status_code == 201
    answer = approved.json()
    assert len(answer["code"]) == 32
    assert answer["redirect_to"].startswith(f"{REDIRECT}?")
    assert query_of(answer["redirect_to"]) == {
        "code": answer["code"],
        "state": "state-1",
        "iss": settings.PUBLIC_URL.rstrip("/"),
    }
    exchanged = post_form(api, TOKEN, app.form(answer["code"]))
    assert exchanged.status_code == 200
    assert exchanged.headers["Cache-Control"] == "no-store"
    tokens = exchanged.json()
    assert set(tokens) == {"access_token", "token_type", "expires_in", "refresh_token", "scope"}
    assert (tokens["token_type"], tokens["expires_in"], tokens["scope"]) == ("Bearer", 1800, " ".join(ALL))
    read = api.get(USERINFO, token=tokens["access_token"])
    assert read.status_code == 200
    told = read.json()
    assert set(told) == {"sub", "uid", "username", "language", "email_masked", "phone_masked"}
    assert (told["uid"], told["email_masked"]) == (str(user.uid), mask_email("alice@example.com"))
    level = api.get("/api/v1/oauth/kyc-level", token=tokens["access_token"])
    assert level.json() == {"sub": told["sub"], "kyc_level": 0}


def test_the_customer_is_told_and_the_log_says_so() -> None:
    app, user = Application(), customer(email="alice@example.com")
    app.code(user)
    message = read_message("alice@example.com", "app_authorized")
    assert message.facts["name"] == "Portfolio"
    assert message.facts["link"]
    assert LoginRecord.objects.filter(user=user, act="app_authorized").count() == 1


@pytest.mark.parametrize(("language", "word"), [("en", "masked"), ("zh-CN", "手机号"), ("zh-TW", "手機號碼")])
def test_functions_are_told_in_the_language_asked_for(api: Api, language: str, word: str) -> None:
    request = api.post(AUTHORIZATIONS, Application().request(), lang=language).json()
    assert any(word in function["text"] for function in request["functions"])


def test_an_application_sees_only_what_was_allowed(api: Api) -> None:
    app, user = Application(), customer()
    tokens = app.tokens(user, scope="get_contacts")
    assert set(api.get(USERINFO, token=tokens["access_token"]).json()) == {"sub", "email_masked", "phone_masked"}
    answer = api.get("/api/v1/oauth/kyc-level", token=tokens["access_token"])
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="get_kyc_level"'


def test_a_customer_may_allow_a_part_of_what_is_asked(api: Api) -> None:
    app, user = Application(), customer()
    token = token_of(user)
    request = api.post(AUTHORIZATIONS, app.request(scope="get_user_info get_contacts")).json()
    for wrong in ([], ["get_kyc_level"], ["nothing"], ["get_contacts", "x"]):
        answer = api.post(f"{AUTHORIZATIONS}/{request['id']}/approve", {"functions": wrong}, token=token)
        assert answer.status_code == 400, wrong
    answer = api.post(f"{AUTHORIZATIONS}/{request['id']}/approve", {"functions": ["get_contacts"]}, token=token)
    tokens = post_form(api, TOKEN, app.form(answer.json()["code"])).json()
    assert tokens["scope"] == "get_contacts"


def test_two_applications_know_the_customer_by_different_names_and_each_by_the_same(api: Api) -> None:
    user = customer()
    one, other = Application(), Application(name="Taxes")
    subs = [api.get(USERINFO, token=app.tokens(user)["access_token"]).json()["sub"] for app in (one, other, one)]
    assert subs[0] == subs[2] != subs[1]


def test_a_no_takes_the_customer_back_without_a_code(api: Api) -> None:
    request = api.post(AUTHORIZATIONS, Application().request()).json()
    denied = api.post(f"{AUTHORIZATIONS}/{request['id']}/deny")
    assert denied.status_code == 200
    assert query_of(denied.json()["redirect_to"]) == {
        "error": "access_denied",
        "state": "state-1",
        "iss": settings.PUBLIC_URL.rstrip("/"),
    }
    assert api.post(f"{AUTHORIZATIONS}/{request['id']}/approve", token=token_of(customer())).status_code == 404
    assert not OAuthConsent.objects.exists()


def test_the_client_may_show_its_secret_by_basic(api: Api) -> None:
    app, user = Application(), customer()
    form = app.form(app.code(user), client_id=None, client_secret=None)
    assert post_form(api, TOKEN, form, headers=basic(app.client_id, app.secret or "")).status_code == 200


@pytest.mark.parametrize(
    "state",
    ["", "a b&c=d#e", "%2e%2e/", "\u4f60\u597d \U0001f600", "  spaces  ", "e\u0301", "x" * 1_000, "<script>", "a=1&code=2"],
)
def test_the_state_comes_back_untouched(api: Api, state: str) -> None:
    request = api.post(AUTHORIZATIONS, Application().request(state=state)).json()
    answer = api.post(f"{AUTHORIZATIONS}/{request['id']}/approve", token=token_of(customer())).json()
    assert answer["state"] == state
    assert query_of(answer["redirect_to"]).get("state", "") == state


def test_a_redirect_uri_with_a_query_keeps_it(api: Api) -> None:
    app = Application(redirect="https://app.example/callback?tenant=7")
    request = api.post(AUTHORIZATIONS, app.request()).json()
    answer = api.post(f"{AUTHORIZATIONS}/{request['id']}/approve", token=token_of(customer())).json()
    assert answer["redirect_to"].startswith("https://app.example/callback?tenant=7&code=")


def test_nothing_spendable_lies_in_the_database(api: Api) -> None:
    app, user = Application(), customer()
    request = api.post(AUTHORIZATIONS, app.request()).json()
    code = app.code(user)
    tokens = post_form(api, TOKEN, app.form(app.code(user))).json()
    refreshed = post_form(api, TOKEN, app.refresh_form(tokens["refresh_token"])).json()
    secrets = [request["id"], code, app.secret, app.verifier]
    secrets += [made[name] for made in (tokens, refreshed) for name in ("access_token", "refresh_token")]
    stored = bytes_of_all_tables()
    assert str(user.uid).encode() in stored
    for secret in secrets:
        assert str(secret).encode() not in stored


def bytes_of_all_tables() -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found).encode()


def test_codes_requests_and_tokens_grow_old(api: Api) -> None:
    app, user = Application(), customer()
    with time_machine.travel(now(), tick=False) as clock:
        request, code = api.post(AUTHORIZATIONS, app.request()).json(), app.code(user)
        tokens = app.tokens(user)
        clock.shift(timedelta(minutes=9, seconds=59))
        assert post_form(api, TOKEN, app.form(code)).status_code == 200
        code = app.code(user)
        clock.shift(timedelta(minutes=10))
        assert post_form(api, TOKEN, app.form(code)).json()["error"] == "invalid_grant"
        clock.shift(timedelta(minutes=10, seconds=1))
        assert app.reads(tokens["access_token"]) == 401
        refreshed = post_form(api, TOKEN, app.refresh_form(tokens["refresh_token"])).json()
        assert app.reads(refreshed["access_token"]) == 200
        clock.shift(timedelta(minutes=31))
        assert api.get(f"{AUTHORIZATIONS}/{request['id']}").status_code == 404
        clock.shift(timedelta(days=30))
        answer = post_form(api, TOKEN, app.refresh_form(refreshed["refresh_token"]))
        assert answer.json()["error"] == "invalid_grant"


def test_housekeeping_takes_what_is_old_and_nothing_else(api: Api) -> None:
    app, user = Application(), customer()
    with time_machine.travel(now(), tick=False) as clock:
        api.post(AUTHORIZATIONS, app.request())
        tokens = app.tokens(user)
        housekeeping.prune()
        assert (OAuthRequest.objects.count(), OAuthGrant.objects.count()) == (2, 1)
        assert app.reads(tokens["access_token"]) == 200
        clock.shift(timedelta(days=2))
        housekeeping.prune()
        assert (OAuthRequest.objects.count(), OAuthGrant.objects.count()) == (0, 0)
        refreshed = post_form(api, TOKEN, app.refresh_form(tokens["refresh_token"])).json()
        clock.shift(timedelta(days=31))
        housekeeping.prune()
    assert refreshed["scope"]
    assert not get_access_token_model().objects.exists()
    assert not get_refresh_token_model().objects.exists()
    assert OAuthConsent.objects.filter(user=user).count() == 1


def test_approving_again_adds_to_one_consent() -> None:
    app, user = Application(), customer()
    app.code(user, scope="get_kyc_level")
    app.code(user, scope="get_user_info")
    consent: Any = OAuthConsent.objects.get(user=user)
    assert consent.functions == "get_user_info get_kyc_level"
