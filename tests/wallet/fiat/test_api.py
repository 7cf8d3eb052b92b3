"""Fiat withdrawals over HTTP."""

from __future__ import annotations

import pytest

from accounts.models import User
from tests.client import Api
from tests.factories_messaging import read_code
from tests.wallet.fiat import arrange
from tests.wallet.withdrawals.test_api import signed_in
from wallet.models import FiatWithdrawal
from wallet.services.fiat_withdrawals import paying, review

PATH = "/api/v1/fiat-withdrawals"


@pytest.fixture
def me(api: Api, customer: User) -> Api:
    return signed_in(api, customer)


def body(customer: User, **changes: object) -> dict[str, object]:
    return {"coin": "TWD", "bank_account": str(arrange.account_of(customer).public_id), "amount": "5000"} | changes


def test_it_is_asked_for_confirmed_paid_and_read(me: Api, customer: User) -> None:
    asked = me.post(PATH, body(customer), headers={"Idempotency-Key": "one"})
    assert asked.status_code == 201, asked.content
    shown = asked.json()
    assert shown == {
        "id": str(FiatWithdrawal.objects.get().public_id),
        "coin": "TWD",
        "bank_account": str(arrange.account_of(customer).public_id),
        "amount": "5000",
        "fee": "15",
        "state": "verification",
        "methods": ["email"],
        "expires_at": shown["expires_at"],
        "bank_reference": None,
        "created_at": shown["created_at"],
        "state_since": shown["state_since"],
        "finished_at": None,
    }
    again = me.post(PATH, body(customer), headers={"Idempotency-Key": "one"})
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (shown, "true")
    other = me.post(PATH, body(customer, amount="5001"), headers={"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["slug"]) == (422, "api.idempotency_key_reused")
    one = f"{PATH}/{shown['id']}"
    wrong = me.post(f"{one}/confirm", {"method": "email", "code": "000000"})
    assert wrong.status_code == 422
    done = me.post(f"{one}/confirm", {"method": "email", "code": read_code(customer.email or "")})
    assert (done.status_code, done.json()["state"], done.json()["methods"]) == (200, "review", [])
    made, payer = FiatWithdrawal.objects.get(), arrange.officer()
    for act in (review.approve, review.approve):
        made.refresh_from_db()
        if made.state != "approved":
            arrange.decide(act, made, arrange.officer())
    arrange.decide(paying.begin, made, payer)
    arrange.pay(made, payer, reference="TX9")
    paid = me.get(one).json()
    assert (paid["state"], paid["bank_reference"]) == ("paid", "TX9")
    assert me.get(PATH).json()["results"] == [paid]
    assert me.post(f"{one}/cancel", {}).status_code == 409


def test_anothers_is_like_none_and_who_is_not_signed_in_is_told_so(me: Api, customer: User) -> None:
    one = f"{PATH}/{me.post(PATH, body(customer)).json()['id']}"
    signed_in(me, arrange.customer(funds="0"))
    answers = [me.get(one), *(me.post(f"{one}/{act}", {}) for act in ("confirm", "cancel"))]
    assert {answer.status_code for answer in answers} == {404}
    assert me.get(PATH).json()["results"] == []
    assert Api().post(PATH, body(customer)).status_code == 401


def test_what_is_refused_is_refused_in_words_and_leaves_no_row(me: Api, customer: User) -> None:
    for changes, status, slug in (
        ({"amount": "0"}, 400, "api.invalid"),
        ({"amount": 1.5}, 400, "money.amount_too_fine"),
        ({"amount": "999"}, 400, "wallet.amount_below_minimum"),
        ({"amount": "200000"}, 422, "wallet.insufficient_funds"),
        ({"coin": "NOPE"}, 400, "wallet.unknown_coin"),
        ({"coin": "BTC"}, 400, "wallet.not_a_fiat_coin"),
        ({"bank_account": "4203918275640192"}, 404, "api.absent"),
        ({"bank_account": "a\x00b"}, 400, "api.malformed"),
        ({"bank_account": None}, 400, "api.invalid"),
    ):
        answer = me.post(PATH, body(customer, **changes))
        assert (answer.status_code, answer.json()["slug"]) == (status, slug), changes
    assert not FiatWithdrawal.objects.exists()


def test_it_is_cancelled(me: Api, customer: User) -> None:
    one = f"{PATH}/{me.post(PATH, body(customer)).json()['id']}"
    assert me.post(f"{one}/cancel", {}).json()["state"] == "cancelled"
    assert arrange.money(customer, "TWD") == arrange.Money(100000, 0)
