"""Transfers over HTTP."""

from __future__ import annotations

import pytest

from tests.wallet.transfers import arrange
from tests.wallet.withdrawals.test_api import signed_in
from wallet.models import Transfer

PATH = "/api/v1/transfers"


@pytest.fixture
def me(api, sender):
    return signed_in(api, sender)


def body(receiver, **changes):
    return {"receiver_uid": str(receiver.uid), "coin": "ETH", "amount": "0.5", "remark": "Dinner"} | changes


def test_a_transfer_is_asked_for_confirmed_and_read_by_both(me, sender, receiver):
    asked = me.post(PATH, body(receiver))
    assert asked.status_code == 201, asked.content
    shown = asked.json()
    assert shown == {
        "id": str(Transfer.objects.get().public_id),
        "direction": "out",
        "counterparty": str(receiver.uid),
        "coin": "ETH",
        "amount": "0.5",
        "remark": "Dinner",
        "state": "verification",
        "link_is_due": True,
        "methods": [],
        "expires_at": shown["expires_at"],
        "created_at": shown["created_at"],
        "finished_at": None,
    }
    one = f"{PATH}/{shown['id']}"
    early = me.post(f"{one}/confirm", {})
    assert (early.status_code, early.json()["slug"]) == (403, "wallet.transfer_link_not_opened")
    done = me.post(f"{one}/confirm", {"token": arrange.token_of(sender)})
    assert (done.status_code, done.json()["state"], done.json()["link_is_due"]) == (200, "completed", False)
    assert me.get(one).json() == done.json()
    assert me.get(PATH).json()["results"] == [done.json()]
    assert me.get(f"{PATH}?direction=in").json()["results"] == []
    signed_in(me, receiver)
    (got,) = me.get(f"{PATH}?direction=in").json()["results"]
    assert (got["id"], got["direction"], got["amount"], got["remark"]) == (shown["id"], "in", "0.5", "Dinner")
    assert str(sender.uid) not in str(got)
    (line,) = me.get("/api/v1/statement").json()["results"]
    assert (line["kind"], line["counterparty"]) == ("transfer", got["counterparty"])


def test_the_receiver_sees_nothing_before_it_arrives_and_can_do_nothing_about_it(me, sender, receiver):
    one = f"{PATH}/{me.post(PATH, body(receiver)).json()['id']}"
    signed_in(me, receiver)
    assert me.get(PATH).json()["results"] == []
    answers = [me.get(one), *(me.post(f"{one}/{act}", {}) for act in ("confirm", "cancel", "resend"))]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_it_is_cancelled_and_mailed_again(me, receiver):
    one = f"{PATH}/{me.post(PATH, body(receiver)).json()['id']}"
    again = me.post(f"{one}/resend", {})
    assert (again.status_code, again.json()["slug"]) == (429, "wallet.transfer_link_too_soon")
    assert int(again.headers["Retry-After"]) > 0
    assert me.post(f"{one}/cancel", {}).json()["state"] == "cancelled"
    assert me.post(f"{one}/cancel", {}).status_code == 409


def test_an_idempotency_key_makes_one_transfer_says_so_and_refuses_another_body(me, receiver):
    first = me.post(PATH, body(receiver), headers={"Idempotency-Key": "one"})
    again = me.post(PATH, body(receiver), headers={"Idempotency-Key": "one"})
    assert (first.json(), "Idempotency-Replayed" in first.headers) == (again.json(), False)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = me.post(PATH, body(receiver, amount="0.6"), headers={"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["slug"]) == (422, "api.idempotency_key_reused")
    assert Transfer.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "status", "slug"),
    [
        ({"receiver_uid": "100000000"}, 422, "accounts.receiver_unknown"),
        ({"receiver_uid": ""}, 400, "api.invalid"),
        ({"amount": "0"}, 400, "api.invalid"),
        ({"coin": "NOPE"}, 400, "wallet.unknown_coin"),
        ({"amount": "11"}, 422, "wallet.insufficient_funds"),
        ({"remark": "x" * 257}, 400, "api.invalid"),
        ({"remark": "a\x00b"}, 400, "api.malformed"),
    ],
)
def test_what_is_refused_is_refused_in_words_and_leaves_no_row(me, receiver, changes, status, slug):
    answer = me.post(PATH, body(receiver, **changes))
    assert (answer.status_code, answer.json()["slug"]) == (status, slug)
    assert not Transfer.objects.exists()


def test_without_a_name_the_receiver_is_asked_for(me, receiver):
    answer = me.post(PATH, {"coin": "ETH", "amount": "1"})
    assert (answer.status_code, answer.json()["slug"]) == (400, "accounts.receiver_not_named")
