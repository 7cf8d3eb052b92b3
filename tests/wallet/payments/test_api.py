"""Payments over HTTP and at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from accounts.admin_site import site
from tests.client import Api
from tests.factories_kyc import token_of
from tests.kit.test_money import BAD
from tests.wallet.payments.arrange import BY, payer, sell
from tests.wallet.withdrawals.arrange import officer
from wallet.models import PaidService, Payment
from wallet.services.payments import settling

pytestmark = pytest.mark.django_db
URL = "/api/v1/payments"
WISH = {"service": "LISTING", "coin": "USDT", "amount": "100.50"}


@pytest.fixture
def mine() -> Api:
    sell()
    return Api(token=token_of(payer()))


def test_a_payment_is_made_and_read_again(mine: Api) -> None:
    made = mine.post(URL, WISH, headers={"Idempotency-Key": "one"})
    assert made.status_code == 201
    body = made.json()
    assert body == {
        "id": body["id"], "service": "LISTING", "coin": "USDT", "amount": "100.5", "captured_amount": "100.5",
        "state": "captured", "created_at": body["created_at"], "state_since": body["state_since"], "expires_at": None,
    }  # fmt: skip
    again = mine.post(URL, WISH, headers={"Idempotency-Key": "one"})
    assert (again.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (201, body, "true")
    other = mine.post(URL, {**WISH, "hold": True}, headers={"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["slug"]) == (422, "api.idempotency_key_reused")
    assert mine.get(f"{URL}/{body['id']}").json() == body
    assert mine.get(URL).json()["results"] == [body]


def test_a_held_payment_shows_what_became_of_it(mine: Api) -> None:
    body = mine.post(URL, {**WISH, "hold": True}).json()
    assert (body["state"], body["captured_amount"]) == ("held", None)
    assert body["expires_at"]
    settling.capture(public_id=body["id"], act=BY, amount="0.5")
    now_body = mine.get(f"{URL}/{body['id']}").json()
    assert (now_body["state"], now_body["captured_amount"]) == ("captured", "0.5")
    kinds = [line["kind"] for line in mine.get("/api/v1/statement").json()["results"]]
    assert kinds == ["payment", "payment", "payment_hold", "payment_hold", "deposit"]


def test_anothers_payment_is_like_none(mine: Api) -> None:
    made = mine.post(URL, WISH).json()["id"]
    stranger = Api(token=token_of(payer()))
    theirs = stranger.get(f"{URL}/{made}")
    assert theirs.status_code == 404
    assert theirs.content == stranger.get(f"{URL}/4203918275640192").content
    assert stranger.get(URL).json()["results"] == []


def test_what_is_no_amount_is_refused_and_leaves_no_row(mine: Api) -> None:
    for bad in [*(bad for bad in BAD if bad is None or isinstance(bad, str | bool | list | dict)), 0, "0", "-0", "-1", 10**77]:
        answer = mine.post(URL, {**WISH, "amount": bad})
        assert answer.status_code == 400, repr(bad)
    for raw in (b"1e400", b"NaN", b"Infinity", b"1e-9"):
        assert mine.call("POST", URL, raw=b'{"service": "LISTING", "coin": "USDT", "amount": ' + raw + b"}").status_code == 400
    assert not Payment.objects.exists()


def test_the_desk_shows_what_is_sold_and_changes_nothing(mine: Api) -> None:
    request: Any = RequestFactory().get("/")
    request.user, request.session = officer(role="auditor"), SessionStore()
    page = site._registry[PaidService]
    for may in (page.has_add_permission, page.has_change_permission, page.has_delete_permission):
        assert not may(request)
    assert "LISTING" in page.changelist_view(request).render().content.decode()
