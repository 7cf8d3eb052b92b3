"""Each route of each dialect that takes keys, tried with keys that may do less: generated, so that none is forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import User
from apikeys.models import Nonce, Scheme, Scope
from config.dialects.bitgin import urls as bitgin
from config.dialects.native import urls as native
from config.dialects.spot import urls as spot
from config.kit.operations import ANY_SCOPE, Operation
from config.kit.views import DialectView
from tests.apikeys import people
from tests.apikeys.independent import BtseClient, Client, SpotClient
from tests.apikeys.test_foreign_requests import issue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rates", "untouched")]
ID = "4203918275640192"


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every shape is right, so that the key decides; and no view acts: what it would have done is noted."""
    acted: list[str] = []

    def act(view: DialectView, declared: Operation, result: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(DialectView, "_read", lambda _view, _declared: ({}, {}))
    monkeypatch.setattr(DialectView, "_count", lambda view, _declared, _call: acted.append(f"{view.request.method}"))
    monkeypatch.setattr(DialectView, "_answer", act)
    return acted


def routes(index: Any, prefix: str) -> Iterator[tuple[str, str, Operation]]:
    for pattern in index.urlpatterns:
        view = getattr(getattr(pattern, "callback", None), "view_class", None)
        if isinstance(view, type) and issubclass(view, DialectView):
            path = prefix + re.sub(r"<(?:\w+:)?\w+>", ID, str(pattern.pattern))
            for method, operation in view.operations.items():
                yield method.upper(), path, operation


NATIVE = list(routes(native, "/api/v1/"))
FOREIGN = {Scheme.SPOT: list(routes(spot, "/")), Scheme.BTSE: list(routes(bitgin, "/"))}


@pytest.fixture
def ada() -> User:
    return people.customer()


def test_a_key_that_reads_reaches_no_write_of_any_dialect(ada: User, untouched: list[str]) -> None:
    """What a session alone may do and what needs another scope are refused before anything is counted or done."""
    issued = issue(ada, Scheme.NATIVE_HMAC, ("read",))
    client = Client(issued.api_key.key, issued.secret)
    closed = 0
    for method, path, operation in NATIVE:
        needs = operation.needs
        if needs.scope in {"read", ANY_SCOPE} or not (needs.login or needs.optional):
            continue
        closed += 1
        answer = people.send(client.sign(method, path))
        assert (answer.status_code, answer.json()["slug"]) == (403, "api.scope_missing"), f"{method} {path}"
    assert closed > 70
    assert untouched == []
    assert Nonce.objects.count() == closed


SPOT_READS = {f"/api/spot/v1/{name}" for name in ("withdraw_transfer/page", "deposit/page", "deposit/address")}
READ_BY_POST = {"/v1/user/bank_accounts", "/bitgin/v1/user/bank_accounts", *SPOT_READS}
"""Lists that a contract asks for by POST; an address is made once and then read."""


def test_whatever_a_key_that_reads_is_let_into_is_a_get_or_a_list_that_a_contract_posts_for() -> None:
    for method, path, operation in [*NATIVE, *FOREIGN[Scheme.SPOT], *FOREIGN[Scheme.BTSE]]:
        is_read = method == "GET" or path in READ_BY_POST
        assert is_read or operation.needs.scope not in {"read", ANY_SCOPE}, f"{method} {path}"


@pytest.mark.parametrize("scope", [scope.value for scope in Scope])
def test_each_scope_opens_what_names_it_and_nothing_else(ada: User, untouched: list[str], scope: str) -> None:
    issued = issue(ada, Scheme.NATIVE_HMAC, (scope,))
    client = Client(issued.api_key.key, issued.secret)
    for method, path, operation in NATIVE:
        if operation.needs.scope is None:
            continue
        untouched.clear()
        answer = people.send(client.sign(method, path))
        opens = operation.needs.scope in {scope, ANY_SCOPE}
        assert untouched == ([method] if opens else []), f"{method} {path}"
        assert opens or answer.status_code == 403


@pytest.mark.parametrize("scheme", sorted(FOREIGN))
def test_a_key_without_the_scope_reaches_nothing_of_a_foreign_dialect(ada: User, untouched: list[str], scheme: Scheme) -> None:
    issued = issue(ada, scheme, ("trade",))
    client = (SpotClient if scheme == Scheme.SPOT else BtseClient)(issued.api_key.key, issued.secret)
    for number, (method, path, operation) in enumerate(FOREIGN[scheme]):
        untouched.clear()
        moment = str(people.now_milliseconds() + number)
        answer = people.send(client.sign(method, path, moment=moment))
        needs = operation.needs
        is_public = not needs.login and (not needs.optional or (needs.forgiving and needs.scope is None))
        assert bool(untouched) is (needs.scope == ANY_SCOPE or is_public), f"{method} {path}"
        if not untouched and answer.status_code == 302:  # the link of a mail leads to a page, whatever is the matter
            assert "alertcode=-19&" in answer.headers["Location"]
            continue
        assert untouched or answer.json()["success"] is False
