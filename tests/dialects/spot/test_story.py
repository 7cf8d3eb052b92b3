"""Spot used as a program uses it, and the books compared with what it was told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from config.kit.clock import milliseconds
from tests.dialects.spot import people
from tests.dialects.spot.people import ADDRESS, NETWORK, Program
from tests.dialects.spot.test_examples import came
from tests.wallet.funds_transfers.arrange import wallets
from tests.wallet.transfers import arrange as transfers
from tests.wallet.withdrawals import arrange as withdrawals
from wallet.api.spot import records
from wallet.models import Transfer, TransferPolicy, Withdrawal, WithdrawalPolicy
from wallet.models.deposits import DepositState
from wallet.models.transfers import TransferState
from wallet.models.withdrawals import WithdrawalState
from wallet.services import audit
from wallet.services.transfers import links, review

pytestmark = pytest.mark.usefixtures("real_db")
OUT, IN = "withdraw_transfer/page", "deposit/page"


def balance(mine: Program, coin: str = "USDT") -> tuple[Decimal, Decimal]:
    rows = {row["coin"]: row for row in mine.get("user/account").json()["data"]}
    return Decimal(str(rows[coin]["balance"])), Decimal(str(rows[coin]["balanceLocked"]))


def to(other: Program, **more: Any) -> dict[str, Any]:
    return {"coin": "USDT", "amount": "10", "toType": "uid", "toUid": other.user.uid, **more}


def test_a_story_through_spot_alone_and_the_books_agree() -> None:
    WithdrawalPolicy.objects.update(automatic_up_to=0, second_officer_from=1)
    mine, other = people.program(), people.program()
    came(mine, other)
    assert balance(mine) == (2010, 0)
    first = mine.does("withdraw", people.withdrawal(amount="20.5"))
    assert balance(mine) == (Decimal("1989.5"), Decimal("20.5"))
    mine.does("withdraw/cancel", {"withdrawId": first})
    second = mine.does("withdraw", people.withdrawal(amount=30))
    given = people.approved(mine.does("inside_transfer", to(other, outBizId="biz-1", remark="for the lamp")))
    moved = mine.does("funds_transfer", {"type": "spot_futures", "coin": "USDT", "amount": 100.01})
    mine.does("funds_transfer", {"type": "futures_spot", "coin": "USDT", "amount": "0.01"})
    assert moved.isdigit()
    out = {row["id"]: row for row in mine.does(OUT)}
    assert list(out) == [given, second, first]
    assert {name: out[second][name] for name in ("amount", "fee", "feeCoin", "status", "address", "toAddress", "network")} == {
        "amount": "27." + "0" * 20, "fee": "3." + "0" * 20, "feeCoin": "USDT", "status": "pending", "address": ADDRESS,
        "toAddress": ADDRESS, "network": NETWORK,
    }  # fmt: skip
    assert (out[first]["status"], out[given]["status"]) == ("cancelled", "success")
    assert (out[given]["outBizId"], out[given]["toUid"], out[given]["remark"]) == ("biz-1", other.user.uid, "for the lamp")
    came_in = mine.does(IN)
    assert [row["amount"] for row in came_in] == ["10.00000000", "1000.00000000"]
    assert came_in[0]["fromAddress"] != str(other.user.uid)
    assert all(isinstance(row["id"], int) and row["id"] < 2**53 for row in came_in)
    spot, held = balance(mine)
    assert (spot, held) == (2010 - 30 - 10 - 100, 30)
    assert wallets(mine.user) == (spot, 100)
    assert balance(other) == (1000 - 10 + 10, 0)
    assert audit.run(full=True, stop=False).ok


def test_the_fee_is_part_of_the_amount_and_the_least_is_told() -> None:
    mine = people.program()
    networks = next(row for row in mine.get("common/coin/coin_network/list").json()["data"] if row["name"] == "USDT")
    (erc,) = [row for row in networks["networks"] if row["network"] == NETWORK]
    assert (erc["withdrawMin"], erc["withdrawFee"], erc["chain"], erc["contractPrecision"]) == ("13", "3", "ETHEREUM", 6)
    for little in ("12.999999", "3", "0.5"):
        assert mine.refused("withdraw", people.withdrawal(amount=little)) == "110007"
    number = mine.does("withdraw", people.withdrawal(amount=erc["withdrawMin"]))
    made = Withdrawal.objects.get(public_id=number)
    assert (made.amount, made.fee) == (10, 3)
    assert withdrawals.money(mine.user, "USDT") == withdrawals.Money(987, 13)


def test_an_out_biz_id_moves_once_for_ever_and_another_body_is_refused() -> None:
    mine, other = people.program(), people.program()
    made = mine.does("inside_transfer", to(other, outBizId="a" * 32))
    assert mine.does("inside_transfer", to(other, outBizId="a" * 32, amount=10.0)) == made
    assert mine.refused("inside_transfer", to(other, outBizId="a" * 32, amount="11")) == "2"
    assert mine.refused("inside_transfer", to(other, outBizId="a" * 33)) == "2"
    assert [row["id"] for row in mine.does(OUT, {"outBizId": "a" * 32})] == [made]
    assert balance(mine) == (990, 10)
    assert people.program().does(OUT, {"outBizId": "a" * 32}) == []


def test_a_nonce_acts_once_and_an_equal_withdrawal_waits() -> None:
    WithdrawalPolicy.objects.update(automatic_up_to=100, second_officer_from=1000)
    mine = people.program()
    first = mine.post("withdraw", people.withdrawal(), nonce="n" * 32).json()
    assert mine.post("withdraw", people.withdrawal(), nonce="n" * 32).json()["code"] == "100008"
    second = mine.does("withdraw", people.withdrawal())
    states = {str(row.public_id): row.state for row in Withdrawal.objects.all()}
    assert (states[first["data"]], states[second]) == ("approved", "review")


def test_pages_narrow_by_every_filter_and_go_back_by_time() -> None:
    mine, other = people.program(), people.program()
    sent = mine.does("withdraw", people.withdrawal())
    given = [mine.does("inside_transfer", to(other, amount=str(n), remark=f"r{n}")) for n in (1, 2, 3)]
    assert [row["id"] for row in mine.does(OUT, {"limit": 2})] == given[:0:-1]
    assert len(mine.does(OUT, {"limit": 101})) == len(mine.does(OUT, {"limit": "2147483647"})) == 4
    for body, found in (
        ({"type": "withdraw"}, [sent]),
        ({"type": "inside_transfer_out", "remark": "r2"}, [given[1]]),
        ({"type": "inside_transfer_out", "transactionHash": "0xab"}, given[::-1]),
        ({"transactionHash": "0xab"}, []),
        ({"id": given[0], "coin": "", "type": None, "limit": None}, given[:1]),
        ({"id": int(given[0])}, given[:1]),
        ({"id": "4203918275640192"}, []),
        ({"id": "x"}, []),
        ({"coin": "ETH"}, []),
    ):
        assert [row["id"] for row in mine.does(OUT, body)] == found, body
    assert other.does(OUT, {"id": sent}) == []
    rows = mine.does(OUT)
    at = rows[1]["ctime"]
    assert milliseconds(Transfer.objects.get(public_id=given[1]).created_at) == at
    until = {row["id"] for row in mine.does(OUT, {"endTime": at})}
    since = {row["id"] for row in mine.does(OUT, {"startTime": str(at)})}
    assert given[1] in until & since
    assert until | since == {sent, *given}
    assert mine.does(OUT, {"startTime": at + 10**9, "endTime": at}) == []
    for number in given:
        people.approved(number)
    came_in = other.does(IN, {"type": "inside_transfer_in", "coin": "USDT"})
    assert [row["amount"] for row in came_in] == ["3.00000000", "2.00000000", "1.00000000"]
    assert len({row["fromAddress"] for row in came_in}) == 1
    assert other.does(IN, {"id": came_in[0]["id"]}) == came_in[:1]
    assert other.does(IN, {"type": "deposit"}) == []


def test_anothers_withdrawal_or_transfer_is_like_none() -> None:
    WithdrawalPolicy.objects.update(automatic_up_to=0, second_officer_from=1)
    mine, other = people.program(), people.program()
    made, given = mine.does("withdraw", people.withdrawal()), mine.does("inside_transfer", to(other))
    for path, name, number in (
        ("withdraw/cancel", "withdrawId", made),
        ("inside_transfer/cancel", "insideTransferId", given),
    ):
        theirs = other.post(path, {name: number})
        assert theirs.content == other.post(path, {name: "4203918275640192"}).content
        assert theirs.json()["code"] == "2"
    assert Withdrawal.objects.get().state == "review"
    mine.does("inside_transfer/cancel", {"insideTransferId": given})
    assert mine.refused("inside_transfer/cancel", {"insideTransferId": given}) == "2"  # it is over


def test_statuses_tell_whose_turn_it_is() -> None:
    mine, other = people.program(), people.program()
    given = mine.does("inside_transfer", to(other))
    by_hand = withdrawals.ask(mine.user, coin="USDT", amount="10", address=withdrawals.OTHER_ADDRESS)
    out = {row["id"]: row["status"] for row in mine.does(OUT)}
    assert out == {given: "pending", str(by_hand.public_id): "verification"}


def test_a_receiver_sees_what_the_sender_has_confirmed_and_what_becomes_of_it() -> None:
    TransferPolicy.objects.update(automatic_up_to=0, second_officer_from=1)
    mine, other = people.program(), people.program()
    by_hand = transfers.ask(mine.user, other.user, coin="USDT", amount="1")
    token = transfers.token_of(mine.user)
    given = [mine.does("inside_transfer", to(other)) for _ in range(3)]
    assert [(row["status"], row["type"]) for row in other.does(IN)] == [("pending", "inside_transfer_in")] * 3
    first = other.does(IN)[0]["ctime"]
    mine.does("inside_transfer/cancel", {"insideTransferId": given[0]})
    transfers.decide(review.reject, Transfer.objects.get(public_id=given[1]), transfers.officer())
    people.approved(given[2])
    told = {str(row["id"]): row["status"] for row in other.does(IN)}
    assert told == dict(zip(given, ("cancelled", "fail", "success"), strict=True))
    assert balance(other) == (1010, 0)
    transfers.confirm_it(mine.user, links.open_link(token))
    later = other.does(IN, {"startTime": first + 1})
    assert [(row["id"], row["status"]) for row in later] == [(by_hand.public_id, "pending")]


def test_the_sender_sees_a_receiver_as_they_named_them() -> None:
    mine, other = people.program(), people.program()
    User.objects.filter(pk=other.user.pk).update(phone="+8613800000007")
    names: dict[str, dict[str, Any]] = {
        "uid": {"toUid": other.user.uid},
        "email": {"toEmail": other.user.email},
        "phone": {"toPhoneCountryCode": "86", "toPhoneNumber": "13800000007"},
    }
    for way, name in names.items():
        mine.does("inside_transfer", {"coin": "USDT", "amount": "1", "toType": way, **name})
        told = mine.does(OUT)[0]
        assert told["toType"] == way
        fields = ("toUid", "toEmail", "toPhoneCountryCode", "toPhoneNumber")
        assert {field: told[field] for field in fields if told[field] is not None} == name
    User.objects.filter(pk=other.user.pk).update(phone="+8613800000008")  # the new one is not the sender's to know
    assert (mine.does(OUT)[0]["toType"], mine.does(OUT)[0]["toUid"]) == ("uid", other.user.uid)


def test_each_state_has_a_status_of_the_document() -> None:

    assert set(records.WITHDRAWAL_STATUS) == set(WithdrawalState)
    assert set(records.TRANSFER_STATUS) == set(TransferState)
    assert set(records.DEPOSIT_STATUS) == set(DepositState)
    words = {"verification", "pending", "cancelled", "success", "fail"}
    assert {*records.WITHDRAWAL_STATUS.values(), *records.TRANSFER_STATUS.values()} == words
    assert set(records.DEPOSIT_STATUS.values()) <= words
