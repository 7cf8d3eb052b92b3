"""Where a session's token may stand, and what a cookie alone opens."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from accounts.models import Session
from accounts.services import login
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, bind_totp, customer, token_of

pytestmark = pytest.mark.django_db
ME = "/api/v1/me"
COOKIE = settings.SESSION_TOKEN_COOKIE
OWN = {"Sec-Fetch-Site": "same-origin"}


def with_cookie(token: str) -> Api:
    api = Api()
    api.client.cookies[COOKIE] = token
    return api


def slug(answer: Any) -> str:
    return str(answer.json()["slug"])


def test_a_page_of_ours_is_served_with_the_cookie_alone() -> None:
    token = token_of(customer())
    assert with_cookie(token).get(ME, headers=OWN).status_code == 200
    assert with_cookie(token).patch(ME, {"language": "zh-TW"}, headers=OWN).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": settings.PUBLIC_URL},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "SAME-ORIGIN, same-origin"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": settings.PUBLIC_URL + ".evil.example"},
        {"Origin": settings.PUBLIC_URL.upper()},
        {"Referer": settings.PUBLIC_URL},
        {},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_a_request_of_another_site_is_refused_with_a_cookie_alone_and_changes_nothing(
    headers: dict[str, str], method: str
) -> None:
    user = customer()
    answer = with_cookie(token_of(user)).call(method, ME, {"language": "zh-TW"}, headers=headers)
    assert (answer.status_code, slug(answer)) == (403, "accounts.cross_site")
    user.refresh_from_db()
    assert user.language == "en"


def test_the_origin_counts_where_a_browser_says_nothing_else() -> None:
    assert with_cookie(token_of(customer())).get(ME, headers={"Origin": settings.PUBLIC_URL}).status_code == 200


@pytest.mark.parametrize("other", ["another session's", "x" * 43, "short"])
def test_a_cookie_and_a_header_that_disagree_are_refused_whoever_is_right(other: str) -> None:
    user = customer()
    token, kept = token_of(user), token_of(customer()) if other.startswith("another") else other
    for shown, cookie in ((token, kept), (kept, token)):
        answer = with_cookie(cookie).call("PATCH", ME, {"language": "zh-TW"}, token=shown, headers=OWN)
        assert (answer.status_code, slug(answer)) == (401, "accounts.credentials_disagree")
    user.refresh_from_db()
    assert user.language == "en"


def test_a_cookie_and_a_header_that_agree_are_one_credential() -> None:
    token = token_of(customer())
    assert with_cookie(token).get(ME, token=token, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_token_in_the_query_or_body_opens_nothing(api: Api) -> None:
    token = token_of(customer())
    assert api.get(f"{ME}?token={token}&access_token={token}").status_code == 401
    assert api.patch(ME, {"language": "en", "token": token}).status_code in {400, 401}


def test_the_cookie_is_set_for_a_page_of_ours_that_shows_the_token_and_taken_back_at_the_log_out(api: Api) -> None:
    token = token_of(customer())
    answer = api.put("/api/v1/session-cookie", token=token, headers=OWN)
    kept = answer.cookies[COOKIE]
    assert (answer.status_code, kept.value) == (204, token)
    assert (kept["httponly"], kept["samesite"], kept["path"], kept["domain"]) == (True, "Lax", "/", "")
    assert 0 < kept["max-age"] <= 30 * 24 * 3600
    ended = api.delete("/api/v1/session-cookie", headers=OWN)
    assert (ended.status_code, ended.cookies[COOKIE].value, ended.cookies[COOKIE]["max-age"]) == (204, "", 0)
    assert Session.objects.get().end_cause == "logout"
    api.client.cookies.clear()
    assert api.get(ME, token=token).status_code == 401


def test_no_other_site_sets_the_cookie_and_no_cookie_sets_itself(api: Api) -> None:
    token = token_of(customer())
    answer = api.put("/api/v1/session-cookie", token=token, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, slug(answer)) == (403, "accounts.cross_site")
    assert with_cookie(token).put("/api/v1/session-cookie", headers=OWN).status_code == 404


def test_a_session_can_not_be_fixed_from_outside(api: Api) -> None:
    user = customer()
    planted = token_of(customer())
    api.client.cookies[COOKIE] = planted
    made = api.post("/api/v1/sessions", {"login": str(user.uid), "password": PASSWORD}, headers=OWN)
    assert made.status_code == 201
    assert made.json()["token"] != planted
    bind_totp(user)
    waiting = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT)
    assert waiting.session.level == "pre2fa"
    assert with_cookie(waiting.token).get(ME, headers=OWN).status_code == 403
