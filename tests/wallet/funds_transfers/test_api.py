"""Transfers between wallets over HTTP, by key, and at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.test import RequestFactory

from accounts.admin_site import site
from tests.client import Api
from tests.factories_kyc import token_of
from tests.kit.test_money import BAD
from tests.wallet.funds_transfers.arrange import trader, wallets
from tests.wallet.withdrawals.arrange import officer
from wallet.models import FundsTransfer, FundsTransferLimit

pytestmark = pytest.mark.django_db
URL = "/api/v1/funds-transfers"
WISH = {"direction": "spot_to_futures", "coin": "USDT", "amount": "100.50"}


@pytest.fixture
def mine() -> Api:
    return Api(token=token_of(trader()))


def test_a_transfer_is_made_and_read_again(mine: Api) -> None:
    made = mine.post(URL, WISH, headers={"Idempotency-Key": "one"})
    assert made.status_code == 201
    body = made.json()
    assert body == {
        "id": body["id"], "direction": "spot_to_futures", "coin": "USDT", "amount": "100.5", "posting": body["posting"],
        "created_at": body["created_at"],
    }  # fmt: skip
    again = mine.post(URL, WISH, headers={"Idempotency-Key": "one"})
    assert (again.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (201, body, "true")
    other = mine.post(URL, {**WISH, "direction": "futures_to_spot"}, headers={"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["slug"]) == (422, "api.idempotency_key_reused")
    assert mine.get(f"{URL}/{body['id']}").json() == body
    assert mine.get(URL).json()["results"] == [body]
    (usdt,) = [row for row in mine.get("/api/v1/balances").json()["results"] if row["coin"] == "USDT"]
    assert (usdt["available"], usdt["futures_available"]) == ("899.5", "100.5")


def test_pages_of_transfers_follow_each_other(mine: Api) -> None:
    made = [mine.post(URL, {**WISH, "amount": "1"}).json()["id"] for _ in range(3)]
    first = mine.get(f"{URL}?size=2").json()
    assert [row["id"] for row in first["results"]] == made[:0:-1]
    assert [row["id"] for row in mine.get(first["next"]).json()["results"]] == made[:1]


def test_anothers_transfer_is_like_none(mine: Api) -> None:
    made = mine.post(URL, WISH).json()["id"]
    stranger = Api(token=token_of(trader()))
    theirs = stranger.get(f"{URL}/{made}")
    assert theirs.status_code == 404
    assert theirs.content == stranger.get(f"{URL}/4203918275640192").content
    assert stranger.get(URL).json()["results"] == []


def test_refusals_say_why(mine: Api) -> None:
    closed = Api(token=token_of(trader(is_open=False))).post(URL, WISH)
    assert (closed.status_code, closed.json()["slug"]) == (409, "wallet.futures_not_open")
    poor = mine.post(URL, {**WISH, "amount": "1000.01"})
    assert poor.json()["slug"] == "wallet.insufficient_funds"
    for words in ({"direction": "home"}, {"direction": None}, {"coin": ""}, {"coin": "X" * 99}, {"direction": ["x"]}):
        assert mine.post(URL, {**WISH, **words}).status_code == 400, words


def test_what_is_no_amount_is_refused_and_leaves_no_row(mine: Api) -> None:
    for bad in [*(bad for bad in BAD if bad is None or isinstance(bad, str | bool | list | dict)), 0, "0", "-0", "-1", 10**77]:
        assert mine.post(URL, {**WISH, "amount": bad}).status_code == 400, repr(bad)
    assert not FundsTransfer.objects.exists()


def test_the_limits_are_loaded_once_and_what_an_operator_set_stays() -> None:
    FundsTransferLimit.objects.filter(coin__code="BTC").delete()
    FundsTransferLimit.objects.filter(coin__code="USDT").update(maximum=1)
    call_command("load_funds_transfer_limits")
    assert FundsTransferLimit.objects.filter(coin__code="BTC").count() == 4
    assert set(FundsTransferLimit.objects.filter(coin__code="USDT").values_list("maximum", flat=True)) == {1}


def test_the_desk_shows_transfers_and_changes_none(mine: Api) -> None:
    made = mine.post(URL, WISH).json()
    request: Any = RequestFactory().get("/")
    request.user, request.session = officer(role="auditor"), SessionStore()
    for model, word in ((FundsTransfer, made["id"]), (FundsTransferLimit, "100000")):
        page = site._registry[model]
        for may in (page.has_add_permission, page.has_change_permission, page.has_delete_permission):
            assert not may(request)
        assert word in page.changelist_view(request).render().content.decode()
    shown = site._registry[FundsTransfer].change_view(request, str(FundsTransfer.objects.get().pk)).render().content.decode()
    assert "100.5 USDT" in shown
    assert wallets(FundsTransfer.objects.get().customer)[1] > 100
