"""How an application's access ends: by the customer, by what changes the account's safety, by operators, by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from accounts.errors import OAuthRefused
from accounts.models import LoginRecord, OAuthConsent, User
from accounts.models.sessions import EndCause
from accounts.services import login, oauth, sessions
from accounts.services.oauth import applications
from config.dialects.native.urls import urlpatterns
from config.kit.views import DialectView
from tests.accounts.oauth import REVOKE, TOKEN, USERINFO, Application, basic, post_form
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, bind_totp, customer, token_of
from tests.factories_around import SUB_PASSWORD, sub_account

pytestmark = pytest.mark.django_db
APPS = "/api/v1/me/authorized-apps"


def is_shut_out(app: Application, tokens: dict[str, Any], code: str = "") -> bool:
    """Whether neither token nor code opens anything."""
    refreshed = post_form(Api(), TOKEN, app.refresh_form(tokens["refresh_token"])).status_code
    exchanged = post_form(Api(), TOKEN, app.form(code)).status_code if code else 400
    return (app.reads(tokens["access_token"]), refreshed, exchanged) == (401, 400, 400)


def test_the_customer_sees_the_applications_and_shuts_one_out(api: Api) -> None:
    app, other, user = Application(), Application(name="Taxes"), customer()
    tokens, kept, code = app.tokens(user, scope="get_kyc_level"), other.tokens(user), app.code(user)
    token = token_of(user)
    rows = api.get(APPS, token=token).json()["results"]
    assert [row["application"] for row in rows] == ["Taxes", "Portfolio"]
    assert set(rows[1]) == {"id", "application", "functions", "first_at", "last_at"}
    assert api.delete(f"{APPS}/{rows[1]['id']}", token=token).status_code == 204
    assert is_shut_out(app, tokens, code)
    assert other.reads(kept["access_token"]) == 200
    assert [row["application"] for row in api.get(APPS, token=token).json()["results"]] == ["Taxes"]
    assert api.delete(f"{APPS}/{rows[1]['id']}", token=token).status_code == 404
    assert LoginRecord.objects.filter(user=user, act="app_revoked").count() == 1
    assert app.reads(app.tokens(user)["access_token"]) == 200


def test_somebody_elses_consent_answers_like_none(api: Api) -> None:
    app, user = Application(), customer()
    tokens = app.tokens(user)
    foreign = OAuthConsent.objects.get(user=user)
    token = token_of(customer())
    answers = [api.delete(f"{APPS}/{name}", token=token) for name in (foreign.public_id, "4203918275640192", "x", "%00")]
    assert {(answer.status_code, answer.json()["slug"]) for answer in answers} == {(404, "api.absent")}
    assert app.reads(tokens["access_token"]) == 200
    assert api.get(APPS, token=token).json()["results"] == []


@pytest.mark.parametrize(
    "cause",
    [
        EndCause.PASSWORD_CHANGED,
        EndCause.FACTOR_CHANGED,
        EndCause.CONTACT_CHANGED,
        EndCause.RECOVERED,
        EndCause.FROZEN,
        EndCause.PARENT,
        EndCause.STATUS,
    ],
)
def test_a_change_of_the_accounts_safety_shuts_every_application_out(cause: EndCause) -> None:
    app, user, other = Application(), customer(), customer()
    tokens, code, kept = app.tokens(user), app.code(user), app.tokens(other)
    sessions.end_all(user=user, cause=cause)
    assert is_shut_out(app, tokens, code)
    assert not oauth.listed(user).exists()
    assert app.reads(kept["access_token"]) == 200


def test_a_second_factor_bound_by_its_owner_shuts_every_application_out() -> None:
    app, user = Application(), customer()
    tokens = app.tokens(user)
    bind_totp(user)
    assert is_shut_out(app, tokens)


def test_logging_out_everywhere_ends_sessions_and_not_what_was_allowed_to_others(api: Api) -> None:
    app, user = Application(), customer()
    tokens = app.tokens(user)
    api.delete("/api/v1/sessions/all", token=token_of(user))
    assert app.reads(tokens["access_token"]) == 200


def test_a_sub_account_of_a_stopped_parent_is_read_by_nobody() -> None:
    app, parent = Application(), customer()
    sub = sub_account(parent)
    begun = oauth.begin(parameters=app.request(), language="en")
    session = login.log_in(login=sub.username or "", password=SUB_PASSWORD, client=CLIENT).session
    code = oauth.approve(user=sub, session=session, client=CLIENT, request_id=begun.id).code
    tokens = dict(post_form(Api(), TOKEN, app.form(code)).json())
    assert app.reads(tokens["access_token"]) == 200
    User.objects.filter(pk=parent.pk).update(status="suspended")
    assert is_shut_out(app, tokens)


@pytest.mark.parametrize("status", ["locked", "suspended", "deleted"])
def test_a_stopped_account_is_read_by_nobody_from_that_moment_on(status: str) -> None:
    app, user = Application(), customer()
    tokens, code = app.tokens(user), app.code(user)
    User.objects.filter(pk=user.pk).update(status=status)
    assert is_shut_out(app, tokens, code)


def test_a_disabled_application_is_stopped_at_its_next_use_and_may_go_on_later(api: Api) -> None:
    app, user = Application(), customer()
    tokens, code = app.tokens(user), app.code(user)
    request = api.post("/api/v1/oauth/authorizations", app.request()).json()["id"]
    applications.set_enabled(client_id=app.client_id, is_enabled=False, by="tests", reason="tests")
    assert app.reads(tokens["access_token"]) == 401
    assert post_form(api, TOKEN, app.form(code)).json()["error"] == "invalid_client"
    assert post_form(api, TOKEN, app.refresh_form(tokens["refresh_token"])).json()["error"] == "invalid_client"
    assert api.get(f"/api/v1/oauth/authorizations/{request}").status_code == 404
    assert api.post("/api/v1/oauth/authorizations", app.request()).status_code == 400
    applications.set_enabled(client_id=app.client_id, is_enabled=True, by="tests", reason="tests")
    assert app.reads(tokens["access_token"]) == 200


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token", "other"])
def test_an_application_ends_its_own_token_and_what_belongs_to_it(api: Api, which: str, hint: str | None) -> None:
    app, user = Application(), customer()
    tokens = app.tokens(user)
    fields = {"token": tokens[which], **({"token_type_hint": hint} if hint else {})}
    answer = post_form(api, REVOKE, fields, headers=basic(app.client_id, app.secret or ""))
    assert answer.status_code == 200
    assert is_shut_out(app, tokens)


def test_nobody_ends_a_token_of_another_application_and_nobody_learns_of_it(api: Api) -> None:
    app, other = Application(), Application(name="Other")
    tokens = app.tokens(customer())
    answers = [
        post_form(api, REVOKE, {"token": token}, headers=basic(other.client_id, other.secret or ""))
        for token in (tokens["access_token"], tokens["refresh_token"], "x" * 43)
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, b'{"active":false}')}
    unauthenticated = post_form(api, REVOKE, {"token": tokens["access_token"], "client_id": app.client_id})
    assert (unauthenticated.status_code, unauthenticated.json()["error"]) == (401, "invalid_client")
    assert app.reads(tokens["access_token"]) == 200


def test_an_access_token_opens_no_endpoint_of_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Application()
    tokens = app.tokens(customer())
    monkeypatch.setattr(DialectView, "_read", lambda _view, _declared: ({}, {}))
    tried = 0
    for pattern in urlpatterns:
        view = getattr(getattr(pattern, "callback", None), "view_class", None)
        for method, operation in getattr(view, "operations", {}).items():
            if operation.needs.login:
                path = f"/api/v1/{pattern.pattern}".replace("<str:id>", "4203918275640192")
                for name in ("access_token", "refresh_token"):
                    answer = Api().call(method.upper(), path, {}, token=tokens[name])
                    assert (answer.status_code, answer.json()["slug"]) == (401, "api.not_signed_in"), f"{method} {path}"
                tried += 1
    assert tried > 20
    assert app.reads(tokens["access_token"]) == 200


@pytest.mark.parametrize(
    "shown",
    [
        lambda _tokens, _session: {},
        lambda _tokens, _session: {"Authorization": ""},
        lambda _tokens, _session: {"Authorization": "Bearer"},
        lambda _tokens, session: {"Authorization": f"Bearer {session}"},
        lambda tokens, _session: {"Authorization": f"Bearer {tokens['refresh_token']}"},
        lambda tokens, _session: {"Authorization": f"Basic {tokens['access_token']}"},
        lambda tokens, _session: {"Authorization": f"Bearer {tokens['access_token']}x"},
        lambda tokens, _session: {"Authorization": f"Bearer {tokens['access_token'].swapcase()}"},
        lambda _tokens, _session: {"Authorization": "Bearer " + "x" * 5_000},
        lambda _tokens, _session: {"Authorization": "Bearer \u00e9"},
    ],
)
def test_nothing_but_an_access_token_in_its_header_reads_the_customer(
    api: Api, shown: Callable[[dict[str, str], str], dict[str, str]]
) -> None:
    user = customer()
    tokens = Application().tokens(user)
    address = f"{USERINFO}?access_token={tokens['access_token']}"
    answer = api.get(address, headers=shown(tokens, token_of(user)))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_cookie_of_the_session_reads_nothing_here_and_disturbs_nothing(api: Api) -> None:
    app, user = Application(), customer()
    tokens = app.tokens(user)
    api.client.cookies[settings.SESSION_TOKEN_COOKIE] = token_of(user)
    assert api.get(USERINFO).status_code == 401
    assert api.get(USERINFO, token=tokens["access_token"]).status_code == 200


def test_a_session_that_waits_for_its_second_factor_lets_nobody_in(api: Api) -> None:
    app, user = Application(), customer()
    bind_totp(user)
    waiting = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT)
    request = api.post("/api/v1/oauth/authorizations", app.request()).json()["id"]
    answer = api.post(f"/api/v1/oauth/authorizations/{request}/approve", token=waiting.token)
    assert answer.json()["slug"] == "api.level_too_low"
    assert api.get(f"/api/v1/oauth/authorizations/{request}").status_code == 200


def test_clients_of_a_contract_without_pkce_show_their_secret_or_its_md5(api: Api) -> None:
    app, user = Application(requires_pkce=False), customer()
    bare = {"code_challenge": None, "code_challenge_method": None}
    md5 = hashlib.md5((app.secret or "").encode()).hexdigest()
    for secret in (app.secret, md5):
        form = app.form(app.code(user, **bare), code_verifier=None, client_secret=secret)
        made = oauth.exchange(form=form)
        assert made.user == user
        assert made.subject
    code = app.code(user)
    with pytest.raises(OAuthRefused):
        oauth.exchange(form=app.form(code, code_verifier=None))
    strict = Application(name="Strict")
    md5 = hashlib.md5((strict.secret or "").encode()).hexdigest()
    assert post_form(api, TOKEN, strict.form(strict.code(user), client_secret=md5)).json()["error"] == "invalid_client"
