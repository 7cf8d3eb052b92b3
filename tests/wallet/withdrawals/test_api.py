"""Withdrawals and the address book over HTTP."""

from __future__ import annotations

import pytest

from accounts.models.sessions import Level
from accounts.services import clients, sessions
from tests.factories_messaging import pass_time_for_resend, read_code, unsent_messages
from tests.wallet.withdrawals import arrange
from wallet.models import TrustedAddress, Withdrawal
from wallet.services.withdrawals import verification

PATH = "/api/v1/withdrawals"
BOOK = "/api/v1/trusted-addresses"
BODY = {"coin": "ETH", "network": "ETHEREUM", "address": arrange.ADDRESS, "amount": "1.5"}
ADDRESS_BODY = {"label": "cold", "coin": "ETH", "network": "ETHEREUM", "address": arrange.ADDRESS}


def signed_in(api, user):
    opened = sessions.open_session(user=user, level=Level.FULL, client=clients.describe(ip="127.0.0.1", user_agent="t"))
    api.token = opened.token
    return api


@pytest.fixture
def me(api, customer):
    return signed_in(api, customer)


def test_a_withdrawal_is_asked_for_confirmed_and_read(me, customer):
    asked = me.post(PATH, BODY)
    assert asked.status_code == 201, asked.content
    body = asked.json()
    stored = Withdrawal.objects.get()
    assert body == {
        "id": str(stored.public_id),
        "coin": "ETH",
        "network": "ETHEREUM",
        "address": arrange.ADDRESS,
        "memo": "",
        "amount": "1.5",
        "fee": body["fee"],
        "state": "verification",
        "methods": ["email"],
        "expires_at": body["expires_at"],
        "tx_hash": None,
        "confirmations": 0,
        "confirmations_required": stored.coin_network.confirmations,
        "travel_rule": "not_required",
        "created_at": body["created_at"],
        "finished_at": None,
    }
    confirmed = me.post(f"{PATH}/{body['id']}/confirm", {"code": read_code(customer.email), "method": "email"})
    assert (confirmed.status_code, confirmed.json()["state"], confirmed.json()["methods"]) == (200, "review", [])
    assert me.get(f"{PATH}/{body['id']}").json() == confirmed.json()
    assert me.get(PATH).json() == {"results": [confirmed.json()], "next": None, "previous": None}


def test_a_wrong_code_tells_the_attempts_left_and_changes_nothing(me, customer):
    asked = me.post(PATH, BODY).json()
    right = read_code(customer.email)
    wrong = "000000" if right != "000000" else "111111"
    refused = me.post(f"{PATH}/{asked['id']}/confirm", {"code": wrong})
    assert (refused.status_code, refused.json()["slug"], refused.json()["attempts_left"]) == (422, "messaging.wrong_code", 2)
    assert Withdrawal.objects.get().state == "verification"


def test_the_code_of_one_withdrawal_does_not_confirm_another(me, customer):
    first = me.post(PATH, BODY).json()
    code = read_code(customer.email)
    pass_time_for_resend()
    second = me.post(PATH, {**BODY, "address": arrange.OTHER_ADDRESS}).json()
    for one in (first, second):
        assert me.post(f"{PATH}/{one['id']}/confirm", {"code": code}).status_code == 422
    assert set(Withdrawal.objects.values_list("state", flat=True)) == {"verification"}


def test_a_code_is_bound_to_its_withdrawal_even_where_all_else_is_equal(me, customer):
    first = me.post(PATH, BODY).json()
    pass_time_for_resend()
    second = me.post(PATH, BODY).json()
    code = read_code(customer.email)
    assert me.post(f"{PATH}/{first['id']}/confirm", {"code": code}).status_code == 422
    assert me.post(f"{PATH}/{second['id']}/confirm", {"code": code}).json()["state"] == "review"


def test_a_withdrawal_that_expired_can_not_be_confirmed(me, customer):
    asked = me.post(PATH, BODY).json()
    Withdrawal.objects.update(expires_at="2026-01-01T00:00:00Z")
    refused = me.post(f"{PATH}/{asked['id']}/confirm", {"code": read_code(customer.email)})
    assert (refused.status_code, refused.json()["slug"]) == (409, "wallet.withdrawal_expired")
    assert Withdrawal.objects.get().state == "verification"


def test_confirming_without_a_code_sends_one_again(me, customer):
    asked = me.post(PATH, BODY).json()
    before = len(unsent_messages(customer.email))
    pass_time_for_resend()
    due = me.post(f"{PATH}/{asked['id']}/confirm", {})
    assert (due.json()["slug"], due.json()["methods"]) == ("accounts.second_factor_required", ["email"])
    assert len(unsent_messages(customer.email)) >= before
    assert me.post(f"{PATH}/{asked['id']}/confirm", {"code": read_code(customer.email)}).json()["state"] == "review"


def test_the_same_idempotency_key_gives_the_same_answer_and_says_so(me, customer):
    headers = {"Idempotency-Key": "abc"}
    first = me.post(PATH, BODY, headers=headers)
    again = me.post(PATH, BODY, headers=headers)
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    other = me.post(PATH, {**BODY, "amount": "2"}, headers=headers)
    assert (other.status_code, other.json()["slug"]) == (422, "api.idempotency_key_reused")
    assert Withdrawal.objects.count() == 1


def test_an_amount_may_be_a_json_number_and_is_read_exactly(me):
    raw = b'{"coin":"ETH","network":"ETHEREUM","address":"' + arrange.ADDRESS.encode() + b'","amount":1.10}'
    assert me.post(PATH, raw=raw).json()["amount"] == "1.1"


def test_anothers_withdrawal_is_answered_like_an_absent_one(me, customer):
    asked = me.post(PATH, BODY).json()
    from tests.client import Api

    thief = signed_in(Api(), arrange.customer())
    for method, path in [("GET", ""), ("POST", "/confirm"), ("POST", "/cancel")]:
        body = {"code": "123456"} if path == "/confirm" else None if method == "GET" else {}
        foreign = thief.call(method, f"{PATH}/{asked['id']}{path}", body)
        absent = thief.call(method, f"{PATH}/4203918275640192{path}", body)
        senseless = thief.call(method, f"{PATH}/x{path}", body)
        assert (foreign.status_code, foreign.content) == (404, absent.content)
        assert senseless.content == absent.content
    assert thief.get(PATH).json()["results"] == []


@pytest.mark.parametrize(
    ("change", "status", "slug", "field"),
    [
        ({"amount": "-1"}, 400, "api.invalid", "amount"),
        ({"amount": True}, 400, "api.invalid", "amount"),
        ({"amount": "NaN"}, 400, "api.invalid", "amount"),
        ({"amount": None}, 400, "api.invalid", "amount"),
        ({"amount": "0.0000000000000000001"}, 400, "api.invalid", "amount"),
        ({"amount": "0.0000001"}, 400, "wallet.amount_below_minimum", "amount"),
        ({"amount": "11"}, 422, "wallet.insufficient_funds", "amount"),
        ({"coin": "NOPE"}, 400, "wallet.unknown_coin", "coin"),
        ({"network": "NOPE"}, 400, "wallet.unknown_network", "network"),
        ({"address": arrange.ADDRESS[:-1] + "e"}, 400, "wallet.invalid_address", "address"),
        ({"address": "a\u0007b"}, 400, "api.invalid", "address"),
        ({"address": ["x"]}, 400, "api.invalid", "address"),
        ({"memo": "9"}, 400, "wallet.invalid_memo", "memo"),
    ],
)
def test_bad_input_names_the_field_and_writes_nothing(me, change, status, slug, field):
    refused = me.post(PATH, {**BODY, **change})
    assert (refused.status_code, refused.headers["Content-Type"]) == (status, "application/problem+json"), refused.content
    if slug != "api.invalid":
        assert refused.json()["slug"] == slug
    assert field in refused.json()["fields"]
    assert not Withdrawal.objects.exists()


def test_without_a_session_there_is_nothing(api, db):
    for method, path in [("GET", PATH), ("POST", PATH), ("GET", BOOK), ("POST", BOOK)]:
        assert api.call(method, path, BODY if method == "POST" and path == PATH else ADDRESS_BODY).status_code == 401


def test_cancelling_gives_the_money_back(me, customer):
    asked = me.post(PATH, BODY).json()
    cancelled = me.post(f"{PATH}/{asked['id']}/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert arrange.money(customer) == arrange.Money(10, 0)
    again = me.post(f"{PATH}/{asked['id']}/cancel")
    assert (again.status_code, again.json()["slug"]) == (409, "flow.illegal_move")


def test_an_address_is_trusted_with_a_code_bound_to_it(me, customer):
    due = me.post(BOOK, ADDRESS_BODY)
    assert (due.json()["slug"], due.json()["methods"]) == ("accounts.second_factor_required", ["email"])
    code = read_code(customer.email)
    swapped = me.post(BOOK, {**ADDRESS_BODY, "address": arrange.OTHER_ADDRESS, "code": code})
    assert swapped.status_code == 422
    made = me.post(BOOK, {**ADDRESS_BODY, "code": code})
    assert made.status_code == 201, made.content
    body = made.json()
    assert body == {
        "id": str(TrustedAddress.objects.get().public_id),
        "label": "cold",
        "coin": "ETH",
        "network": "ETHEREUM",
        "address": arrange.ADDRESS,
        "memo": "",
        "usable_from": body["usable_from"],
        "created_at": body["created_at"],
    }
    assert me.get(BOOK).json()["results"] == [body]
    known = me.post(BOOK, {**ADDRESS_BODY, "code": code})
    assert (known.status_code, known.json()["slug"]) == (409, "wallet.trusted_address_known")


def test_a_cool_down_holds_outgoing_money_as_long_as_the_address_waits(me, customer, settings):
    settings.TRUSTED_ADDRESS_COOLDOWN_SECONDS = 24 * 3600
    me.post(BOOK, ADDRESS_BODY)
    made = me.post(BOOK, {**ADDRESS_BODY, "code": read_code(customer.email)}).json()
    assert made["usable_from"] > made["created_at"]
    refused = me.post(PATH, {**BODY, "address": arrange.OTHER_ADDRESS})
    assert (refused.status_code, refused.json()["cause"]) == (403, "trusted_address")


def test_the_methods_of_a_page_are_looked_up_once(me, customer, monkeypatch):
    for _ in range(3):
        arrange.ask(customer, amount="0.1")
    asked = []

    def methods(user):
        asked.append(user)
        return ("email",)

    monkeypatch.setattr(verification, "methods", methods)
    assert [row["methods"] for row in me.get(PATH).json()["results"]] == [["email"]] * 3
    assert asked == [customer]


def test_a_page_of_withdrawals_costs_the_same_whatever_their_number(me, customer, django_assert_num_queries):
    def queries() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            assert me.get(PATH).status_code == 200
        return len(asked)

    for _ in range(2):
        arrange.take_back(customer, arrange.ask(customer, amount="0.1"))
    few = queries()
    for _ in range(8):
        arrange.take_back(customer, arrange.ask(customer, amount="0.1"))
    assert queries() == few
