"""What is tried against an OAuth provider, by applications, by their thieves, and by pages that send customers here."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from accounts.models import OAuthGrant, OAuthRequest
from tests.accounts.oauth import AUTHORIZATIONS, REDIRECT, REVOKE, TOKEN, Application, basic, post_form, query_of
from tests.client import Api
from tests.factories_accounts import customer, token_of

pytestmark = pytest.mark.django_db
PLAIN_CHALLENGE = "a" * 43

BESIDE = [
    "https://app.example/callback/",
    "https://app.example/callback/../evil",
    "https://app.example/callback/%2e%2e/evil",
    "https://app.example/Callback",
    "https://APP.example/callback",
    "HTTPS://app.example/callback",
    "http://app.example/callback",
    "https://app.example:443/callback",
    "https://app.example:8443/callback",
    "https://app.example/callback?x=1",
    "https://app.example/callback?",
    "https://app.example/callback#x",
    "https://app.example/callback#",
    "https://app.example@evil.example/callback",
    "https://evil.example@app.example/callback",
    "https://app.example.evil.example/callback",
    "https://evil.example/https://app.example/callback",
    "https://app.example/callback%00",
    "https://app.example/callback ",
    " https://app.example/callback",
    "https://app.example/callback https://evil.example",
    "https://app.example\\@evil.example/callback",
    "https://app.example//callback",
    "//app.example/callback",
    "/callback",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://app.example/callbac",
    "https://app.example/callback1",
    "https://app.example./callback",
    "https://\u0430pp.example/callback",
    "",
]


@pytest.mark.parametrize("redirect", BESIDE)
def test_only_the_registered_address_will_do_and_nobody_is_sent_to_another(api: Api, redirect: str) -> None:
    answer = api.post(AUTHORIZATIONS, Application().request(redirect_uri=redirect))
    assert answer.status_code == 400
    assert (answer.json()["slug"], answer.json()["redirect_to"]) == ("accounts.oauth_request_refused", "")
    assert not OAuthRequest.objects.exists()


def test_an_unknown_application_and_a_wrong_address_answer_alike(api: Api) -> None:
    app = Application()
    answers = [
        api.post(AUTHORIZATIONS, app.request(**changed)).json()
        for changed in ({"redirect_uri": "https://evil.example/"}, {"client_id": "nobody"}, {"client_id": None})
    ]
    assert answers[0]["redirect_to"] == answers[1]["redirect_to"] == answers[2]["redirect_to"] == ""
    assert {answer["reason"] for answer in answers} == {"The client or its redirect URI is not registered."}


def test_the_token_request_names_the_very_address_of_the_request(api: Api) -> None:
    app = Application()
    code = app.code(customer())
    for redirect in [*BESIDE, None]:
        answer = post_form(api, TOKEN, app.form(code, redirect_uri=redirect))
        assert answer.status_code == 400, redirect
        assert answer.json()["error"] in {"invalid_grant", "invalid_request"}
    assert post_form(api, TOKEN, app.form(code)).status_code == 200


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unauthorized_client"),
        ({"response_type": "code id_token"}, "unauthorized_client"),
        ({"response_type": "none"}, "unauthorized_client"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": PLAIN_CHALLENGE, "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "\u00e9" * 43}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "withdraw"}, "invalid_scope"),
        ({"scope": "get_user_info withdraw"}, "invalid_scope"),
        ({"scope": "get_user_info,get_contacts"}, "invalid_scope"),
    ],
)
def test_a_request_that_is_not_as_it_should_be_is_told_to_its_application_alone(
    api: Api, changed: dict[str, Any], error: str
) -> None:
    answer = api.post(AUTHORIZATIONS, Application().request(**changed))
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    told = answer.json()["redirect_to"]
    assert told.startswith(f"{REDIRECT}?")
    assert {"error": error, "state": "state-1", "iss": settings.PUBLIC_URL.rstrip("/")}.items() <= query_of(told).items()
    assert "code" not in query_of(told)
    assert not OAuthRequest.objects.exists()


def test_an_application_gets_no_function_that_it_is_not_registered_for(api: Api) -> None:
    app = Application(functions=("get_kyc_level",))
    assert api.post(AUTHORIZATIONS, app.request(scope="get_user_info")).json()["error"] == "invalid_scope"
    assert api.post(AUTHORIZATIONS, app.request(scope="get_kyc_level")).status_code == 201


@pytest.mark.parametrize(
    "verifier", [None, "", "a" * 42, "a" * 43, "a" * 129, "!" * 43, PLAIN_CHALLENGE, "\u00e9" * 43], ids=lambda v: str(v)[:9]
)
def test_a_code_without_its_verifier_is_worth_nothing(api: Api, verifier: str | None) -> None:
    app = Application(is_public=True)
    code = app.code(customer())
    answer = post_form(api, TOKEN, app.form(code, code_verifier=verifier))
    assert answer.status_code == 400
    assert answer.json()["error"] in {"invalid_grant", "invalid_request"}
    challenge = app.request()["code_challenge"]
    assert post_form(api, TOKEN, app.form(code, code_verifier=challenge)).json()["error"] == "invalid_grant"
    assert post_form(api, TOKEN, app.form(code)).status_code == 200


def test_another_applications_code_is_worth_nothing_and_stays_good_for_its_own(api: Api) -> None:
    app, thief, user = Application(), Application(name="Thief"), customer()
    thief.code(user)
    code = app.code(user)
    for form in (
        thief.form(code, code_verifier=app.verifier),
        thief.form(code),
        thief.form(code, client_id=app.client_id),
    ):
        assert post_form(api, TOKEN, form).status_code in {400, 401}
    assert post_form(api, TOKEN, app.form(code)).status_code == 200


def test_a_code_that_comes_back_ends_every_token_that_came_of_it(api: Api) -> None:
    app, user = Application(), customer()
    bystander = app.tokens(user)
    code = app.code(user)
    tokens = post_form(api, TOKEN, app.form(code)).json()
    refreshed = post_form(api, TOKEN, app.refresh_form(tokens["refresh_token"])).json()
    assert app.reads(refreshed["access_token"]) == 200
    assert post_form(api, TOKEN, app.form(code)).json()["error"] == "invalid_grant"
    assert app.reads(refreshed["access_token"]) == 401
    assert post_form(api, TOKEN, app.refresh_form(refreshed["refresh_token"])).json()["error"] == "invalid_grant"
    assert app.reads(bystander["access_token"]) == 200


def test_a_spent_refresh_token_that_comes_back_ends_its_family(api: Api) -> None:
    app, user = Application(), customer()
    first = app.tokens(user)
    second = post_form(api, TOKEN, app.refresh_form(first["refresh_token"])).json()
    assert app.reads(first["access_token"]) == 401
    assert post_form(api, TOKEN, app.refresh_form(first["refresh_token"])).json()["error"] == "invalid_grant"
    assert app.reads(second["access_token"]) == 401
    assert post_form(api, TOKEN, app.refresh_form(second["refresh_token"])).json()["error"] == "invalid_grant"


def test_a_refresh_asks_for_no_more_than_was_allowed(api: Api) -> None:
    app, user = Application(), customer()
    tokens = app.tokens(user, scope="get_user_info get_contacts")
    for scope in ("get_kyc_level", "get_user_info get_contacts get_kyc_level", "everything"):
        answer = post_form(api, TOKEN, app.refresh_form(tokens["refresh_token"], scope=scope))
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    narrowed = post_form(api, TOKEN, app.refresh_form(tokens["refresh_token"], scope="get_user_info")).json()
    assert narrowed["scope"] == "get_user_info"
    answer = post_form(api, TOKEN, app.refresh_form(narrowed["refresh_token"], scope="get_contacts"))
    assert answer.json()["error"] == "invalid_scope"


def test_another_applications_refresh_token_is_worth_nothing(api: Api) -> None:
    app, thief = Application(), Application(name="Thief")
    tokens = app.tokens(customer())
    assert post_form(api, TOKEN, thief.refresh_form(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    assert post_form(api, TOKEN, app.refresh_form(tokens["refresh_token"])).status_code == 200


def test_a_client_that_does_not_authenticate_itself_gets_nothing(api: Api) -> None:
    app = Application()
    code = app.code(customer())
    for changed in (
        {"client_secret": None},
        {"client_secret": "wrong"},
        {"client_secret": app.row.client_secret},
        {"client_id": "nobody"},
        {"client_id": None, "client_secret": None},
    ):
        answer = post_form(api, TOKEN, app.form(code, **changed))
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), changed
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert post_form(api, TOKEN, app.form(code)).status_code == 200


def test_credentials_come_one_way_and_agree(api: Api) -> None:
    app, other = Application(), Application(name="Other")
    secret = app.secret or ""
    code = app.code(customer())
    bare = app.form(code, client_id=None, client_secret=None)
    both = post_form(api, TOKEN, app.form(code), headers=basic(app.client_id, secret))
    assert (both.status_code, both.json()["error"]) == (400, "invalid_request")
    mixed = post_form(api, TOKEN, {**bare, "client_id": other.client_id}, headers=basic(app.client_id, secret))
    assert (mixed.status_code, mixed.json()["error"]) == (400, "invalid_request")
    for header in ("Basic", "Basic !!!", "Basic YQ==", "Bearer x", "Digest x", f"Bearer {secret}", "Basic /////w=="):
        answer = post_form(api, TOKEN, app.form(code), headers={"Authorization": header})
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), header
    wrong = post_form(api, TOKEN, bare, headers=basic(app.client_id, "wrong"))
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert post_form(api, TOKEN, bare, headers=basic(app.client_id, secret)).status_code == 200


@pytest.mark.parametrize(
    "grant", ["password", "client_credentials", "implicit", "urn:ietf:params:oauth:grant-type:device_code", "x", "", None]
)
def test_there_are_two_grants_and_no_more(api: Api, grant: str | None) -> None:
    app = Application()
    fields = app.form("x" * 32, grant_type=grant, username="alice@example.com", password="secret")
    answer = post_form(api, TOKEN, fields)
    assert answer.status_code == 400
    assert answer.json()["error"] in {"unsupported_grant_type", "invalid_request"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"grant_type",
        b"grant_type=authorization_code&grant_type=authorization_code",
        b"grant_type=authorization_code&code=%00&client_id=a&redirect_uri=b",
        b"grant_type=authorization_code&code=%ff%fe",
        b"grant_type=authorization_code&code=" + b"x" * 300,
        b"grant_type=refresh_token&refresh_token=" + b"x" * 60_000,
        b"grant_type=refresh_token&refresh_token=%F0%9F%98%80&client_id=%E4%BD%A0",
        b"&".join(b"a%d=1" % number for number in range(1_000)),
        b"\xff\xfe",
        "grant_type=\u4f60".encode(),
    ],
    ids=range(11),
)
def test_no_body_makes_the_token_endpoint_break_or_speak_otherwise(api: Api, raw: bytes) -> None:
    for path in (TOKEN, REVOKE):
        answer = api.call("POST", path, raw=raw, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in {400, 401}, answer.content
        assert set(answer.json()) == {"error", "error_description"}
        assert answer.headers["Content-Type"] == "application/json"


def test_a_body_that_is_too_large_or_of_another_type_is_refused_in_oauths_words(api: Api) -> None:
    large = api.call("POST", TOKEN, raw=b"a=" + b"x" * 70_000, content_type="application/x-www-form-urlencoded")
    assert (large.status_code, large.json()["error"]) == (413, "invalid_request")
    json = api.post(TOKEN, {"grant_type": "authorization_code"})
    assert (json.status_code, json.json()["error"]) == (415, "invalid_request")
    assert api.get(TOKEN).status_code == 405
    assert api.get(TOKEN).json()["error"] == "invalid_request"


@pytest.mark.parametrize("name", ["x" * 64, "x", "%00", "\u4f60", "x" * 500])
def test_a_request_that_is_none_answers_like_one_that_was_answered(api: Api, name: str) -> None:
    app = Application()
    answered = api.post(AUTHORIZATIONS, app.request()).json()["id"]
    api.post(f"{AUTHORIZATIONS}/{answered}/deny")
    token = token_of(customer())
    for request_id in (name, answered):
        answers = [
            api.get(f"{AUTHORIZATIONS}/{request_id}"),
            api.post(f"{AUTHORIZATIONS}/{request_id}/approve", token=token),
            api.post(f"{AUTHORIZATIONS}/{request_id}/deny"),
        ]
        assert {(answer.status_code, answer.json()["slug"]) for answer in answers} == {(404, "api.absent")}
    assert not OAuthGrant.objects.exists()


def test_huge_parameters_are_refused_before_they_are_looked_at(api: Api) -> None:
    for name in ("client_id", "redirect_uri", "scope", "state", "code_challenge", "response_type"):
        answer = api.post(AUTHORIZATIONS, Application(name=name).request(**{name: "x" * 5_000}))
        assert (answer.status_code, list(answer.json()["fields"])) == (400, [name])
