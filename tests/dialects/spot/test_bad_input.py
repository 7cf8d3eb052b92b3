"""What spot refuses, each in the document's number, and never with a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.services import holds
from tests.apikeys.people import send
from tests.client import Api
from tests.dialects.spot import people
from tests.dialects.spot.people import ADDRESS, NETWORK, ROOT, Program
from tests.kit.test_money import BAD
from wallet.models import FundsTransfer, Transfer, Withdrawal

pytestmark = pytest.mark.django_db
UID = 100_000_001
VALID: dict[str, dict[str, Any]] = {
    "withdraw": {"coin": "USDT", "network": NETWORK, "address": ADDRESS, "amount": "20"},
    "withdraw/cancel": {"withdrawId": "4203918275640192"},
    "inside_transfer": {"coin": "USDT", "amount": "10", "toType": "uid", "toUid": UID},
    "inside_transfer/cancel": {"insideTransferId": "4203918275640192"},
    "funds_transfer": {"type": "spot_futures", "coin": "USDT", "amount": "10"},
    "deposit/address": {"coin": "USDT", "network": NETWORK},
}
OPTIONAL: dict[str, tuple[str, ...]] = {
    "withdraw": ("memo",),
    "inside_transfer": ("outBizId", "toPhoneCountryCode", "toPhoneNumber", "toEmail", "remark"),
    "withdraw_transfer/page": (
        "id", "outBizId", "coin", "transactionHash", "type", "startTime", "endTime", "remark", "limit",
    ),
    "deposit/page": ("id", "coin", "type", "transactionHash", "startTime", "endTime", "limit"),
}  # fmt: skip
WRONG: list[Any] = [[], {}, ["x"], {"a": 1}, True, 1.5, "x" * 1000, "\u202e", "\u0001", -1]


@pytest.fixture
def mine() -> Program:
    return people.program()


def test_what_is_missing_has_a_number_of_its_own_and_what_is_empty_or_wrong_another(mine: Program) -> None:
    for path, body in VALID.items():
        for name in body:
            assert mine.refused(path, {key: value for key, value in body.items() if key != name}) == "70003", (path, name)
            for wrong in ["", None, *WRONG]:
                if name == "amount" and wrong == 1.5:
                    continue
                number = mine.refused(path, {**body, name: wrong})
                missing = name == "toUid" and wrong in ("", None)
                assert number == ("70003" if missing else "2"), (path, name, wrong)
    assert not Withdrawal.objects.exists()
    assert not Transfer.objects.exists()
    assert not FundsTransfer.objects.exists()


def test_what_may_be_left_out_is_refused_when_it_is_wrong_and_narrows_nothing_when_it_is_empty(mine: Program) -> None:
    for path, names in OPTIONAL.items():
        body = VALID.get(path, {})
        for name in names:
            for wrong in WRONG:
                assert mine.refused(path, {**body, name: wrong}) == "2", (path, name, wrong)
            if not body:
                assert mine.does(path, {name: ""}) == mine.does(path, {name: None}) == []
    for limit in (0, "0", "1.0", 2**31, "x", "１"):
        assert mine.refused("deposit/page", {"limit": limit}) == "2", limit


def test_what_is_no_amount_is_refused_by_every_operation(mine: Program) -> None:
    bad = [value for value in BAD if value is None or isinstance(value, str | bool | list | dict)]
    for path in ("withdraw", "inside_transfer", "funds_transfer"):
        for value in [*bad, 0, "0", "-0", "-1", 10**77]:
            number = mine.refused(path, {**VALID[path], "amount": value})
            assert number in {"2", "10058"}, (path, value)
        for raw in ("1e1", "1E-3", "1e400", "NaN", "Infinity"):
            body = json.dumps({**VALID[path], "amount": 0}).replace('"amount": 0', f'"amount": {raw}').encode()
            assert mine.refused(path, raw=body) == "2", (path, raw)
        fine = "20.000000001" if path != "withdraw" else "20.0000001"
        for value in (fine, "20." + "0" * 19 + "1"):
            if path == "inside_transfer":
                continue
            assert mine.refused(path, {**VALID[path], "amount": value}) == "10058", (path, value)
    assert not Withdrawal.objects.exists()
    assert not FundsTransfer.objects.exists()


def test_each_refusal_of_a_withdrawal_has_the_documents_number(mine: Program) -> None:
    for changes, number in (
        ({"amount": "1000.000001"}, "20003"),
        ({"amount": "1"}, "110007"),
        ({"coin": "NOPE"}, "2"),
        ({"network": "Nowhere"}, "2"),
        ({"network": "Tron (TRC-20)"}, "2"),
    ):
        assert mine.refused("withdraw", people.withdrawal(**changes)) == number, changes
    other = "0x8617E340B3D01FA5F11F306F4090FD50E238070D"
    assert mine.refused("withdraw", people.withdrawal(address=other)) == "110008"
    holds.start(user=mine.user, cause="password")
    assert mine.refused("withdraw", people.withdrawal()) == "100013"
    assert not Withdrawal.objects.exists()


def test_networks_are_named_as_the_list_names_them_or_by_their_chain(mine: Program) -> None:
    by_name = mine.does("deposit/address", {"coin": "USDT", "network": NETWORK})
    assert by_name == mine.does("deposit/address", {"coin": "USDT", "network": "ETHEREUM"})
    assert by_name[0]["network"] == NETWORK


def test_receivers_are_found_by_the_way_that_is_named_and_names_that_disagree_are_refused(mine: Program) -> None:
    other = people.program().user
    body = {"coin": "USDT", "amount": "1"}
    assert mine.does("inside_transfer", {**body, "toType": "email", "toEmail": other.email})
    assert mine.does("inside_transfer", {**body, "toType": "uid", "toUid": str(other.uid), "toEmail": other.email})
    third = people.customer().email
    assert mine.refused("inside_transfer", {**body, "toType": "uid", "toUid": other.uid, "toEmail": third}) == "2"
    for words, number in (
        ({"toType": "uid", "toUid": 999_999_999}, "10016"),
        ({"toType": "uid", "toUid": 2**63 - 1}, "10016"),
        ({"toType": "uid", "toUid": 2**63}, "2"),
        ({"toType": "email", "toEmail": "nobody@example.com"}, "10016"),
        ({"toType": "phone", "toPhoneCountryCode": "86", "toPhoneNumber": "13800000000"}, "10016"),
        ({"toType": "phone", "toPhoneNumber": "13800000000"}, "70003"),
        ({"toType": "uid", "toEmail": other.email}, "70003"),
        ({"toType": "uid", "toUid": mine.user.uid}, "2"),
        ({"toType": "username"}, "2"),
    ):
        assert mine.refused("inside_transfer", {**body, **words}) == number, words
    assert Transfer.objects.count() == 2


def test_funds_move_only_where_futures_are_open(mine: Program) -> None:
    assert mine.refused("funds_transfer", {"type": "futures_spot", "coin": "USDT", "amount": "1"}) == "20003"
    closed = people.program(people.customer(level=1), scopes=("read", "transfer"))
    assert closed.refused("funds_transfer", VALID["funds_transfer"]) == "2"


def test_a_key_does_what_its_scopes_say_and_public_lists_need_none() -> None:
    user = people.customer()
    reader = people.program(user, scopes=("read",))
    for path in ("withdraw", "withdraw/cancel", "inside_transfer", "inside_transfer/cancel", "funds_transfer"):
        assert reader.refused(path, VALID[path]) == "100013", path
    assert reader.does("deposit/page") == []
    for path in ("common/coin/coin_network/list", "common/rate/list"):
        told = Api().get(ROOT + path).json()
        assert (told["code"], told["success"]) == ("0", True)
    for path in VALID:
        assert Api().post(ROOT + path, VALID[path]).json()["code"] == "70003"


def test_headers_that_can_not_be_ours_are_an_unknown_key_and_a_wrong_signature(mine: Program) -> None:
    signed = mine.client.sign("GET", f"{ROOT}user/account")
    for header, wrong, number in (
        ("api-key", "", "100004"),
        ("api-key", "short", "100004"),
        ("api-key", "x" * 32, "100004"),
        ("sign", "", "100005"),
        ("sign", signed.headers["sign"].upper(), "100005"),
        ("sign", "0" * 64, "100005"),
        ("nonce", "x" * 129, "2"),
        ("nonce", "", "2"),
        ("timestamp", "1744185294", "2"),
        ("timestamp", "1744185294000", "100008"),
    ):
        told = send(signed.with_header(header, wrong)).json()
        assert (told["code"], told["success"]) == (number, False), (header, wrong)
    for header in signed.headers:
        assert send(signed.without_header(header)).json()["code"] == "70003"
    assert send(signed).json()["code"] == "0"


@pytest.mark.parametrize(
    "label", ["", "text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "application/json"]
)
def test_json_is_read_under_the_labels_that_clients_give_it_unasked(mine: Program, label: str) -> None:
    for raw, number in ((b'{"limit": 0}', "2"), (b' {"limit":1}', "0"), (b"{", "2"), (b'{"limit":1e0}', "2"), (b"", "0")):
        signed = mine.client.sign("POST", f"{ROOT}deposit/page", raw)
        told = Api().call("POST", signed.target, raw=raw, content_type=label, headers=signed.headers)
        assert (told.status_code, told.json()["code"]) == (200, number), raw


def test_bodies_arrive_spaced_compacted_or_as_forms(mine: Program) -> None:
    for raw in (b'{"limit":1}', b'{ "limit" :\n 1 }', b"{}", b""):
        assert mine.post("deposit/page", raw=raw).json()["code"] == "0", raw
    for raw in (b"[]", b"1", b"null", b'"x"', b"{", b"\xff", b'{"limit":1,"limit":1}'):
        assert mine.refused("deposit/page", raw=raw) == "2", raw
    form = b"type=spot_futures&coin=USDT&amount=1.5"
    signed = mine.client.sign("POST", ROOT + "funds_transfer", form)
    told = (
        Api()
        .call("POST", signed.target, raw=form, content_type="application/x-www-form-urlencoded", headers=signed.headers)
        .json()
    )
    assert told["code"] == "0", told
    lines = [b"--b", b'Content-Disposition: form-data; name="limit"', b"", b"1", b"--b--", b""]
    parts = b"\r\n".join(lines)
    signed = mine.client.sign("POST", ROOT + "deposit/page", parts)
    told = (
        Api()
        .call("POST", signed.target, raw=parts, content_type="multipart/form-data; boundary=b", headers=signed.headers)
        .json()
    )
    assert told["code"] == "0", told
