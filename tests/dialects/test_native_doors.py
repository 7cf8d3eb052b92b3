"""Each route of the native dialect, tried with each credential that is not enough: generated, so that none is forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from accounts.models import Session, User
from accounts.services import login
from config.dialects.native.urls import urlpatterns
from config.kit.clock import now
from config.kit.operations import Operation
from config.kit.views import DialectView
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, bind_totp, customer, token_of

pytestmark = pytest.mark.django_db

HALF_SIGNED_IN = {
    "POST codes",
    "POST passkey-challenges",
    "POST sessions/second-factor",
    "DELETE sessions/{id}",
    "PUT session-cookie",
    "DELETE session-cookie",
}
"""All that a session may do that waits for its second factor: show it, ask for its code, end itself."""


def routes() -> Iterator[tuple[str, str, Operation]]:
    for pattern in urlpatterns:
        view = getattr(getattr(pattern, "callback", None), "view_class", None)
        if isinstance(view, type) and issubclass(view, DialectView):
            name = re.sub(r"<\w+:\w+>", "{id}", str(pattern.pattern))
            for method, operation in view.operations.items():
                yield method.upper(), name, operation


FRESH_OR_PROVEN = {"POST me/totp", "POST me/passkeys/options"}
"""What a fresh sign-in opens where no second factor is on, and a proof always."""
ROUTES = list(routes())
SIGNED_IN = [(method, name, operation) for method, name, operation in ROUTES if operation.needs.login]
NEED_MORE = [(method, name) for method, name, operation in SIGNED_IN if operation.needs.level != "pre2fa"]
ids = {"ids": lambda value: value if isinstance(value, str) else ""}


@pytest.fixture(autouse=True)
def any_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shape of the input is looked at first; here every shape is right, so that the credential decides."""
    monkeypatch.setattr(DialectView, "_read", lambda _view, _declared: ({}, {}))


def call(method: str, name: str, token: str | None = None, **sent: Any) -> Any:
    return Api().call(method, f"/api/v1/{name.replace('{id}', '4203918275640192')}", {}, token=token, **sent)


def test_what_a_half_signed_in_session_may_do_is_on_the_list() -> None:
    found = {
        f"{method} {name}"
        for method, name, operation in ROUTES
        if operation.needs.level == "pre2fa" and (operation.needs.login or operation.needs.optional)
    }
    assert found == HALF_SIGNED_IN


@pytest.fixture
def waiting() -> str:
    user = customer()
    bind_totp(user)
    opened = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT)
    assert opened.session.level == "pre2fa"
    return opened.token


def test_a_session_that_waits_for_its_second_factor_opens_nothing_else(waiting: str) -> None:
    for method, name in NEED_MORE:
        answer = call(method, name, waiting)
        assert (answer.status_code, answer.json()["slug"]) == (403, "api.level_too_low"), f"{method} {name}"


def test_a_session_of_an_account_that_is_not_activated_opens_only_what_says_so() -> None:
    user = customer()
    User.objects.filter(pk=user.pk).update(status="not_activated")
    token = token_of(user)
    for method, name, operation in SIGNED_IN:
        if operation.needs.level == "full":
            answer = call(method, name, token)
            assert (answer.status_code, answer.json()["slug"]) == (403, "api.level_too_low"), f"{method} {name}"


def test_nobody_opens_what_asks_for_a_sign_in() -> None:
    for method, name, _ in SIGNED_IN:
        for token in (None, "x" * 43, "", "a b", "\u00e9" * 43):
            answer = call(method, name, token)
            assert (answer.status_code, answer.json()["slug"]) == (401, "api.not_signed_in"), f"{method} {name}"


@pytest.mark.parametrize("ending", ["ended", "expired", "idle", "suspended", "locked", "deleted"])
def test_a_session_that_is_over_opens_nothing(ending: str) -> None:
    user = customer()
    token = token_of(user)
    if ending == "ended":
        Session.objects.update(ended_at=now(), end_cause="logout")
    elif ending == "expired":
        Session.objects.update(created_at=now() - timedelta(days=31), expires_at=now() - timedelta(seconds=1))
    elif ending == "idle":
        Session.objects.update(last_used_at=now() - timedelta(hours=25))
    else:
        User.objects.filter(pk=user.pk).update(status=ending)
    for method, name, _ in SIGNED_IN:
        answer = call(method, name, token)
        assert (answer.status_code, answer.json()["slug"]) == (401, "api.not_signed_in"), f"{method} {name}"


def test_what_asks_for_a_fresh_sign_in_refuses_an_old_one() -> None:
    token = token_of(customer())
    Session.objects.update(fresh_until=now() - timedelta(seconds=1))
    fresh = [
        (method, name)
        for method, name, operation in SIGNED_IN
        if operation.needs.fresh or f"{method} {name}" in FRESH_OR_PROVEN
    ]
    assert len(fresh) >= len(FRESH_OR_PROVEN)
    for method, name in fresh:
        answer = call(method, name, token)
        assert (answer.status_code, answer.json()["slug"]) == (403, "api.not_fresh"), f"{method} {name}"


def test_another_sites_page_opens_nothing_with_the_cookie_that_the_browser_sends_along() -> None:
    token = token_of(customer())
    for method, name, operation in ROUTES:
        if not (operation.needs.login or operation.needs.optional):
            continue
        api = Api()
        api.client.cookies[settings.SESSION_TOKEN_COOKIE] = token
        path = f"/api/v1/{name.replace('{id}', '4203918275640192')}"
        answer = api.call(method, path, {}, headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"})
        assert (answer.status_code, answer.json()["slug"]) == (403, "accounts.cross_site"), f"{method} {name}"


def test_a_cookie_and_a_header_that_disagree_open_nothing() -> None:
    one, another = token_of(customer()), token_of(customer())
    for method, name, operation in ROUTES:
        if not (operation.needs.login or operation.needs.optional):
            continue
        api = Api()
        api.client.cookies[settings.SESSION_TOKEN_COOKIE] = another
        path = f"/api/v1/{name.replace('{id}', '4203918275640192')}"
        answer = api.call(method, path, {}, token=one, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.json()["slug"] == "accounts.credentials_disagree", f"{method} {name}"
