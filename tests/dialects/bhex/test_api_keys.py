"""API keys on bhex: made with a code of their own kind, shown once, at most five, bound to at most five addresses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.models import RegisterType, User
from apikeys.models import ApiKey, Scheme
from apikeys.services import keys
from messaging.models import Code
from tests import factories_kyc
from tests.apikeys.independent import Client
from tests.apikeys.people import send
from tests.dialects.bhex import people
from tests.dialects.bhex.people import Person

pytestmark = pytest.mark.django_db(transaction=True)
CREATE, CHANGE, DELETE = 11, 12, 13
"""The types of their codes."""


def made(person: Person, **fields: Any) -> dict[str, Any]:
    """The answer to a new key."""
    answer = person.browser.post("/api/user/api_key/create", {"tag": "robot", **proof(person, CREATE), **fields})
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def proof(person: Person, kind: int) -> dict[str, Any]:
    return {"auth_type": 1, **people.own_code(person, kind)}


def listed(person: Person) -> list[dict[str, Any]]:
    answer = person.browser.post("/api/user/api_keys")
    assert answer.status_code == 200, answer.content
    return list(answer.json())


def act(person: Person, name: str, kind: int, **fields: Any) -> Any:
    return person.browser.post(f"/api/user/api_key/{name}", {**proof(person, kind), **fields})


def number(answer: Any) -> int:
    assert answer.status_code == 400, answer.content
    return int(answer.json()["code"])


def test_a_new_key_shows_its_secret_once_and_signs_as_our_own_do() -> None:
    person = people.signed_up()
    key = made(person, type=0)
    assert (len(key["apiKey"]), len(key["secretKey"]), key["type"], key["status"]) == (64, 64, 0, "1")
    assert listed(person) == [{**key, "secretKey": ""}]
    row = ApiKey.objects.get()
    assert (row.scheme, row.scopes) == (Scheme.NATIVE_HMAC, ["read"])
    signed = Client(key["apiKey"], key["secretKey"]).sign("GET", "/api/v1/api-keys/self")
    assert send(signed).json()["label"] == "robot"


@pytest.mark.parametrize(("said", "scopes"), [({}, ["read", "trade"]), ({"type": ""}, ["read", "trade"]),
                                              ({"type": 1, "account_type": 1, "account_index": "0"}, ["read", "trade"]),
                                              ({"type": "0", "account_type": ""}, ["read"])])  # fmt: skip
def test_a_key_operates_unless_it_is_to_read_and_never_lets_money_out(said: dict[str, Any], scopes: list[str]) -> None:
    person = people.signed_up()
    assert made(person, **said)["type"] == len(scopes) - 1
    assert ApiKey.objects.get().scopes == scopes


def test_the_sixth_key_is_refused_whoever_made_the_others() -> None:
    person = people.signed_up()
    for _ in range(5):
        made(person)
    fields = {"tag": "sixth", **proof(person, CREATE)}
    assert number(person.browser.post("/api/user/api_key/create", fields)) == 31026
    assert len(listed(person)) == 5
    assert act(person, "delete", DELETE, id=listed(person)[0]["id"]).json() == {"success": True}
    made(person)


def test_a_sub_accounts_keys_are_not_shown_as_the_accounts_own() -> None:
    person = people.signed_up()
    key = made(person)
    row = ApiKey.objects.get()
    facts = {"username": "robot-1", "register_type": RegisterType.SUB_ACCOUNT, "registered_at": row.created_at}
    row.user = User.objects.create(parent=row.user, **facts)
    row.save()
    assert key["accountName"] == ""
    assert listed(person) == []


def test_a_key_is_bound_to_the_addresses_that_come_last() -> None:
    person = people.signed_up()
    key = made(person)
    for sent, kept in (
        ("192.0.2.1,198.51.100.7", "192.0.2.1,198.51.100.7"),
        (" 192.0.2.9 , 2001:db8::/48,", "192.0.2.9,2001:db8::/48"),
    ):
        assert act(person, "update_ips", CHANGE, id=key["id"], ip_white_list=sent).json() == {"success": True}
        assert listed(person)[0]["ipWhiteList"] == kept


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [("", 31042), (" , ,", 31042), ("0.0.0.0", 31047), ("0.0.0.0/0", 31047), ("::/0", 31047), ("192.0.2.1/0", 31047),
     ("10.0.0.0/8", 31047), ("192.0.2.1,x", 31047), ("192.0.2.1;192.0.2.2", 31047), ("1" * 1_001, 31047),
     ("192.0.2.1,192.0.2.2,192.0.2.3,192.0.2.4,192.0.2.5,192.0.2.6", 31043)],
)  # fmt: skip
def test_addresses_that_bind_to_nobody_or_are_too_many_change_nothing(sent: str, refusal: int) -> None:
    person = people.signed_up()
    key = made(person)
    assert number(act(person, "update_ips", CHANGE, id=key["id"], ip_white_list=sent)) == refusal
    assert Code.objects.filter(consumed_at=None).exists()
    assert listed(person)[0]["ipWhiteList"] == ""


def test_a_key_is_disabled_by_0_and_by_2_and_enabled_by_1_again_and_again() -> None:
    person = people.signed_up()
    key = made(person)
    for sent, status in ((0, "0"), (0, "0"), (1, "1"), (1, "1"), (2, "0"), ("1", "1")):
        assert act(person, "change_status", CHANGE, id=key["id"], status=sent).json() == {"success": True}
        assert listed(person)[0]["status"] == status


def test_a_key_that_an_officer_stopped_is_not_enabled_and_can_be_deleted() -> None:
    person = people.signed_up()
    key = made(person)
    keys.disable(api_key=ApiKey.objects.get(), officer=factories_kyc.officer(), reason="it leaked")
    assert number(act(person, "change_status", CHANGE, id=key["id"], status=1)) == 31045
    assert listed(person)[0]["status"] == "0"
    assert act(person, "delete", DELETE, id=key["id"]).json() == {"success": True}
    assert listed(person) == []


def test_a_deleted_key_is_no_more_to_be_found() -> None:
    person = people.signed_up()
    key = made(person)
    assert act(person, "delete", DELETE, id=key["id"]).json() == {"success": True}
    assert number(act(person, "delete", DELETE, id=key["id"])) == 30003
    assert number(act(person, "change_status", CHANGE, id=key["id"], status=1)) == 30003


@pytest.mark.parametrize(
    ("path", "kind", "fields"),
    [("update_ips", CHANGE, {"ip_white_list": "192.0.2.1"}), ("change_status", CHANGE, {"status": 0}), ("delete", DELETE, {})],
)  # fmt: skip
def test_another_customers_key_answers_as_none_and_stays_as_it_is(path: str, kind: int, fields: dict[str, Any]) -> None:
    owner, other = people.signed_up(), people.signed_up()
    key = made(owner)
    foreign = act(other, path, kind, id=key["id"], **fields)
    absent = act(other, path, kind, id="1234567890123456789", **fields)
    assert (number(foreign), foreign.content) == (30003, absent.content)
    assert listed(owner) == [{**key, "secretKey": ""}]
    assert listed(other) == []


@pytest.mark.parametrize(
    ("change", "refusal"),
    [({"tag": "x" * 65}, 30003), ({"type": 2}, 30003), ({"account_type": 2}, 30003), ({"account_index": 1}, 30003),
     ({"auth_type": 4}, 30003), ({"verify_code": "000000"}, 31015), ({"order_id": "0"}, 30003),
     ({"tag": "", "auth_type": "", "verify_code": ""}, 31044),
     ({"order_id": "1234567890123456"}, 31015), ({"auth_type": 2}, 31016), ({"auth_type": 3}, 31024)],
)  # fmt: skip
def test_a_key_that_is_asked_for_in_a_wrong_way_is_not_made(change: dict[str, Any], refusal: int) -> None:
    person = people.signed_up()
    fields = {"tag": "robot", **proof(person, CREATE), **change}
    sent = {name: value for name, value in fields.items() if value is not None}
    assert number(person.browser.post("/api/user/api_key/create", sent)) == refusal
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    ("path", "fields", "refusal"),
    [("update_ips", {"id": "x", "ip_white_list": "192.0.2.1"}, 30003), ("update_ips", {"id": "1"}, 31042),
     ("change_status", {"id": "1", "status": 3}, 30003), ("delete", {"id": "-1"}, 30003)],
)  # fmt: skip
def test_what_is_missing_or_of_another_type_is_named_before_the_code_is_spent(
    path: str, fields: dict[str, Any], refusal: int
) -> None:
    person = people.signed_up()
    key = made(person)
    answer = act(person, path, DELETE if path == "delete" else CHANGE, **fields)
    assert number(answer) == refusal
    assert Code.objects.filter(consumed_at=None).exists()
    assert listed(person) == [{**key, "secretKey": ""}]


def test_a_code_of_another_kind_another_customers_or_a_spent_one_changes_nothing() -> None:
    person, other = people.signed_up(), people.signed_up()
    key = made(person)
    elsewhere = {"auth_type": 1, **people.own_code(person, CREATE)}
    foreign = proof(other, DELETE)
    for shown in (elsewhere, foreign):
        assert number(person.browser.post("/api/user/api_key/delete", {**shown, "id": key["id"]})) == 31015
    spent = proof(person, CHANGE)
    for expected in (200, 400):
        answer = person.browser.post("/api/user/api_key/change_status", {**spent, "id": key["id"], "status": 0})
        assert answer.status_code == expected
    assert listed(person)[0]["status"] == "0"


@pytest.mark.parametrize("path", ["create", "update_ips", "change_status", "delete"])
def test_who_is_not_signed_in_is_told_so(path: str) -> None:
    person = people.signed_up()
    fields = {"tag": "x", "id": "1", "status": 1, "ip_white_list": "192.0.2.1", **proof(person, CREATE)}
    person.browser.client.cookies.clear()
    assert number(person.browser.post(f"/api/user/api_key/{path}", fields)) == 30000
    assert number(person.browser.post("/mapi/user/api_keys")) == 30000


def test_json_and_multipart_say_the_same_as_a_form() -> None:
    person = people.signed_up()
    body = {"tag": "robot", "type": 0, **proof(person, CREATE)}
    answer = person.browser.call("POST", "/mapi/user/api_key/create", json.dumps(body).encode(), "application/json")
    assert answer.json()["type"] == 0
    answer = person.browser.upload("/api/user/api_key/create", {**body, **proof(person, CREATE), "tag": "第二个"})
    assert answer.json()["tag"] == "第二个"
