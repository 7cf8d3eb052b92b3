"""What the wallet operation of bitgin reads, and exchanging, paying and valuing by it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache

from apikeys.models import Scope
from config.dialects.bitgin.numbers import BTSE, MONEY_REFUSED, NO_FUNDS
from tests.apikeys.people import now_milliseconds
from tests.dialects.bitgin.people import Caller, refused
from tests.dialects.bitgin.wallets import OPERATION, Mover, key_of, mover, signed, source
from tests.wallet.payments.arrange import SERVICE, sell
from tests.wallet.rates.arrange import tell, tell_all
from wallet.api.bitgin import inputs, operations, words
from wallet.models import CoinNetwork, Conversion, ConversionQuote, ConversionTerms, Payment, Transfer
from wallet.models.funds_transfers import Direction
from wallet.models.transfers import TransferState
from wallet.services import futures
from wallet.services.funds_transfers import moving
from wallet.services.rates.valuing import Wallet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_rates() -> None:
    cache.clear()


@pytest.fixture
def ada() -> Mover:
    tell_all()
    sell()
    return mover(USDT="1000")


def number(answer: Any) -> Decimal:
    """The value that the answer tells, from its own digits."""
    body = json.loads(answer.content, parse_float=Decimal, parse_int=Decimal)
    assert body["code"] == 1, body
    found: Decimal = body["data"]
    return found


def test_the_tables_of_words_are_total() -> None:
    assert set(words.STATES) == set(TransferState.values)
    assert set(operations.SCOPES) == set(operations.ACTS) == set(inputs.SHAPES)
    assert set(operations.SCOPES.values()) <= set(Scope.values)
    assert set(words.WALLETS.values()) == set(Wallet)
    assert (BTSE[NO_FUNDS], BTSE[MONEY_REFUSED]) == ("INSUFFICIENT_BALANCE", "TRANSFER_UNSUCCESSFUL")
    carried = set(CoinNetwork.objects.values_list("coin__code", "network__code"))
    assert set(words.CURRENCIES.values()) <= carried


GOOD: dict[str, Any] = {"fromWallet": [source()], "receiver": "somebody"}
BAD_SOURCES: tuple[Any, ...] = (
    None, [], {}, "", "x", 1, True, [None], ["x"], [[]], [1], [{}], [source(), source()], [source()] * 21, source(),
    "[{]", "[" * 5000, [source(asset="")], [source(asset=None)], [source(asset=1)], [source(asset=["ETH"])],
    [source(asset="E" * 17)], [source(asset="E\u0000")], [source(wallet="SPOT")], [source(wallet="FUTURES@")],
    [source(wallet=1)], [source(wallet=["SPOT@"])],
    [source(amount=None)], [source(amount="")], [source(amount=0)], [source(amount=-1)],
    [source(amount=True)], [source(amount="1e3")], [source(amount="1,0")], [source(amount="01")], [source(amount=[1])],
    [source(amount={"a": 1})], [source(amount="9" * 60)], [source(amount=1, amountInToAsset=1)],
)  # fmt: skip
BAD_FIELDS: tuple[dict[str, Any], ...] = (
    {"operation": None}, {"operation": ""}, {"operation": "GIVE"}, {"operation": "transfer"}, {"operation": ["TRANSFER"]},
    {"operation": {"a": 1}}, {"operation": 1}, {"toAsset": "USDT"}, {"toAmount": 1}, {"receiver": 1}, {"receiver": ["a"]},
    {"receiver": "r" * 255}, {"receiver": "a\u202eb"}, {"receiverEmail": {"a": 1}}, {"receiverEmail": 1}, {"fromUser": 1},
    {"fromUser": "f" * 255}, {"twoFAcode": ["1"]}, {"twoFAcode": "1" * 33}, {"twoFAcode": 1.5}, {"twoFAcode": True},
)  # fmt: skip


def test_what_is_no_list_of_sources_or_no_field_is_refused_and_nothing_is_written(ada: Mover) -> None:
    for sources in BAD_SOURCES:
        refused(ada.operate("TRANSFER", **{**GOOD, "fromWallet": sources}), 400, -2)
    for changes in BAD_FIELDS:
        refused(ada.caller.post(OPERATION, {"operation": "TRANSFER", **GOOD, **changes}), 400, -2)
        cache.clear()
    for raw in (b"", b"{", b"[]", b"5", b"\xff", b'{"operation":"TRANSFER","operation":"TRANSFER"}', b'{"fromWallet":NaN}'):
        refused(ada.caller.call("POST", OPERATION, raw), 400, -2)
    assert not Transfer.objects.exists()


def test_the_number_of_an_exponent_is_no_amount(ada: Mover) -> None:
    raw = b'{"operation":"TRANSFER","receiver":"x1x","fromWallet":[{"wallet":"SPOT@","asset":"ETH","amount":1E+1}]}'
    refused(ada.caller.call("POST", OPERATION, raw), 400, -2)


@pytest.mark.parametrize(
    ("operation", "said", "field"),
    [
        ("TRANSFER", {"receiver": "a"}, "fromWallet"),
        ("CONVERT", {"toAsset": "ETH"}, "fromWallet"),
        ("CONVERT", {"fromWallet": [source("USDT")]}, "toAsset"),
        ("CONVERT", {"fromWallet": [source("USDT", None)], "toAsset": "ETH"}, "fromWallet.0.amount"),
        ("PAY_FOR_SERVICE", {"fromWallet": [source("USDT")]}, "receiver"),
        ("PRE_PAY_FOR_SERVICE", {"fromWallet": [source("USDT")]}, "receiver"),
        ("GET_BALANCE_IN_QUOTE", {}, "toAsset"),
        ("GET_BALANCE_IN_QUOTE", {"toAsset": "TWD", "fromWallet": [source("", 1)]}, "fromWallet.0.asset"),
    ],
)
def test_each_operation_says_what_it_needs(ada: Mover, operation: str, said: dict[str, Any], field: str) -> None:
    answer = ada.operate(operation, **said)
    refused(answer, 400, -2)
    assert answer.json()["msg"] == f"[empty {field}]"


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ("CONVERT", {"fromWallet": [source("USDT")], "toAsset": "ETH", "receiver": "bob"}),
        ("CONVERT", {"fromWallet": [source("USDT")], "toAsset": "ETH", "toAmount": 1}),
        ("CONVERT", {"fromWallet": [source("USDT", 1, amountInToAsset=1)], "toAsset": "ETH"}),
        ("CONVERT", {"fromWallet": [source("USDT"), source("BTC")], "toAsset": "ETH"}),
        ("CONVERT", {"fromWallet": [source("USDT")], "toAsset": "USDT"}),
        ("CONVERT", {"fromWallet": [source("USDT")], "toAsset": "NOPE"}),
        ("PAY_FOR_SERVICE", {"fromWallet": [source("USDT")], "receiver": SERVICE, "receiverEmail": "bob@example.com"}),
        ("PAY_FOR_SERVICE", {"fromWallet": [source("USDT")], "receiver": SERVICE, "toAsset": "ETH"}),
        ("PAY_FOR_SERVICE", {"fromWallet": [source("USDT", None, amountInToAsset=1)], "receiver": SERVICE}),
        ("PAY_FOR_SERVICE", {"fromWallet": [source("USDT")], "receiver": "NOTHING"}),
        ("GET_BALANCE_IN_QUOTE", {"toAsset": "TWD", "toAmount": 1}),
        ("GET_BALANCE_IN_QUOTE", {"toAsset": "TWD", "fromWallet": [source("USDT", None, amountInToAsset=1)]}),
        ("GET_BALANCE_IN_QUOTE", {"toAsset": "NOPE"}),
        ("GET_BALANCE_IN_QUOTE", {"toAsset": "TWD", "fromWallet": [source("NOPE")]}),
    ],
)
def test_what_an_operation_would_leave_aside_is_refused(ada: Mover, operation: str, said: dict[str, Any]) -> None:
    refused(ada.operate(operation, **said), 400, -2)
    assert (Conversion.objects.count(), Payment.objects.count()) == (0, 0)
    assert ada.money("USDT") == (1000, 0)


def test_nobody_who_is_not_signed_in_operates(ada: Mover) -> None:
    refused(Caller().post(OPERATION, {"operation": "GET_BALANCE_IN_QUOTE", "toAsset": "TWD"}), 401, 10002)
    other_site = {"Sec-Fetch-Site": "cross-site"}
    said = {"operation": "GET_BALANCE_IN_QUOTE", "toAsset": "TWD"}
    assert ada.browser().post(OPERATION, said).json()["code"] == 1
    refused(ada.browser().post(OPERATION, said, **other_site), 403, -19)


def test_an_amount_is_exchanged_by_what_is_given_or_by_what_is_received(ada: Mover) -> None:
    made = ada.operate("CONVERT", fromWallet=[source("USDT", 300)], toAsset="ETH").json()["data"]
    assert Conversion.objects.get().public_id == made
    assert ada.money("USDT") == (700, 0)
    assert Decimal("10.09949") < ada.money()[0] < Decimal("10.0995")
    for said in (
        {"fromWallet": [source("USDT", None, amountInToAsset="0.01")]},
        {"fromWallet": [source("USDT", None)], "toAmount": "0.01"},
    ):
        before = ada.money()[0]
        assert ada.operate("CONVERT", toAsset="ETH", **said).json()["code"] == 1
        assert Decimal("0.01") <= ada.money()[0] - before < Decimal("0.0101")


def test_an_exchange_is_refused_in_the_wallets_number(ada: Mover) -> None:
    sources = [source("USDT", 2000)]
    refused(ada.operate("CONVERT", fromWallet=sources, toAsset="ETH"), 400, 8)
    refused(ada.operate("CONVERT", fromWallet=[source("USDT", "0.00000001")], toAsset="ETH"), 400, 28)
    refused(ada.operate("CONVERT", fromWallet=[source("USDT", 10)], toAsset="TRX"), 400, 28)
    ConversionTerms.objects.filter(coin__code="ETH").update(is_open=False)
    refused(ada.operate("CONVERT", fromWallet=[source("USDT", 10)], toAsset="ETH"), 400, 28)
    refused(mover(level=0, funds="0").operate("CONVERT", fromWallet=[source("USDT", 10)], toAsset="ETH"), 400, 28)
    ConversionTerms.objects.filter(coin__code="ETH").update(is_open=True)
    refused(mover(level=0, funds="0").operate("CONVERT", fromWallet=[source("USDT", 10)], toAsset="ETH"), 403, -19)
    assert not Conversion.objects.exists()


@pytest.mark.parametrize(
    "said", [{"fromWallet": [source("USDT", 30)]}, {"fromWallet": [source("USDT", None)], "toAmount": "0.01"}]
)
def test_an_exchange_by_one_idempotency_key_is_made_once_whatever_the_price_does(ada: Mover, said: dict[str, Any]) -> None:
    wish = {**said, "toAsset": "ETH", "headers": {"Idempotency-Key": "one"}}
    first = ada.operate("CONVERT", **dict(wish)).json()["data"]
    tell("ETH/USDT", "3100")
    again = ada.operate("CONVERT", **dict(wish))
    assert (again.json()["data"], again.headers["Idempotency-Replayed"]) == (first, "true")
    assert (Conversion.objects.count(), ConversionQuote.objects.count()) == (1, 1)
    for other in ({"fromWallet": [source("USDT", 31)]}, {"fromWallet": [source("BTC", 30)]}, {"toAsset": "BTC"}):
        changed = {**wish, "toAmount": None, **other}
        if changed["fromWallet"][0]["amount"] is None:
            changed["toAmount"] = "0.02"
        refused(ada.operate("CONVERT", **changed), 400, -2)
    assert Conversion.objects.count() == 1


def test_a_service_is_paid_at_once_or_held(ada: Mover) -> None:
    paid = ada.operate("PAY_FOR_SERVICE", fromWallet=[source("USDT-ERC20", 100)], receiver=SERVICE, toAsset="USDT-ERC20")
    held = ada.operate("PRE_PAY_FOR_SERVICE", fromWallet=[source("USDT", 50)], receiver=SERVICE)
    rows = dict(Payment.objects.values_list("public_id", "state"))
    assert rows == {paid.json()["data"]: "captured", held.json()["data"]: "held"}
    assert ada.money("USDT") == (850, 50)
    refused(ada.operate("PAY_FOR_SERVICE", fromWallet=[source("USDT", 851)], receiver=SERVICE), 400, 8)
    wish: dict[str, Any] = {"fromWallet": [source("USDT", 5)], "receiver": SERVICE, "headers": {"Idempotency-Key": "one"}}
    assert ada.operate("PAY_FOR_SERVICE", **dict(wish)).json() | {"time": 0} == ada.operate(
        "PAY_FOR_SERVICE", **dict(wish)
    ).json() | {"time": 0}
    refused(ada.operate("PRE_PAY_FOR_SERVICE", **dict(wish)), 400, -2)
    assert Payment.objects.count() == 3


def test_the_worth_of_everything_or_of_parts_is_told_in_a_coin(ada: Mover) -> None:
    def worth(*sources: dict[str, Any], to: str = "TWD") -> Decimal:
        return number(ada.operate("GET_BALANCE_IN_QUOTE", toAsset=to, **({"fromWallet": list(sources)} if sources else {})))

    assert worth() == 31_000 * 32
    assert worth(to="USDT") == 31_000
    assert worth(source("ETH", "0.5")) == 1500 * 32
    assert worth(source("ETH", "0.5"), source("USDT-OMNI", 3)) == 1503 * 32
    assert worth(source("ETH", None)) == 30_000 * 32
    assert worth({"wallet": "SPOT@"}) == 31_000 * 32
    assert worth({"wallet": "FUTURES@"}) == 0
    assert worth({"asset": "USDT"}, to="USDT") == 1000
    futures.open_for(user=ada.user)
    moving.move(customer=ada.user, direction=Direction.SPOT_TO_FUTURES, coin="ETH", amount="4")
    assert (worth({"wallet": "FUTURES@"}), worth(source("ETH", None)), worth()) == (4 * 96_000, 6 * 96_000, 992_000)
    refused(ada.operate("GET_BALANCE_IN_QUOTE", toAsset="TWD", fromWallet=[source("TRX", 1)]), 400, 28)


def test_a_key_does_what_its_scopes_allow_and_each_operation_has_its_own(ada: Mover) -> None:
    wishes: dict[str, dict[str, Any]] = {
        "GET_BALANCE_IN_QUOTE": {"toAsset": "TWD"},
        "CONVERT": {"fromWallet": [source("USDT", 30)], "toAsset": "ETH"},
        "PAY_FOR_SERVICE": {"fromWallet": [source("USDT", 5)], "receiver": SERVICE},
        "PRE_PAY_FOR_SERVICE": {"fromWallet": [source("USDT", 5)], "receiver": SERVICE},
        "TRANSFER": {"fromWallet": [source("ETH", 1)], "receiver": mover(funds="0").user.username},
    }
    for scope in ("read", "trade", "transfer", "withdraw"):
        key = key_of(ada.user, *{scope, "read"} if scope == "withdraw" else (scope,))
        for position, (operation, said) in enumerate(wishes.items()):
            body = json.dumps({"operation": operation, **said}).encode()
            answer = signed(key, "POST", OPERATION, body, moment=str(now_milliseconds() + position))
            if operations.SCOPES[operation] == scope or (operation == "GET_BALANCE_IN_QUOTE" and scope == "withdraw"):
                assert answer.json()["code"] == 1, answer.content
            else:
                refused(answer, 403, -19)
    assert (Conversion.objects.count(), Payment.objects.count(), Transfer.objects.count()) == (1, 2, 1)


def test_forms_carry_the_list_as_json_in_a_text(ada: Mover) -> None:
    said = {"operation": "CONVERT", "toAsset": "ETH", "fromWallet": json.dumps([source("USDT", 30)])}
    answers = [ada.caller.upload(OPERATION, said)]
    raw = "operation=GET_BALANCE_IN_QUOTE&toAsset=TWD&fromWallet=" + json.dumps([source("ETH", 1)]).replace(" ", "")
    answers.append(ada.caller.call("POST", OPERATION, raw.encode(), "application/x-www-form-urlencoded"))
    assert [answer.json()["code"] for answer in answers] == [1, 1], [answer.content for answer in answers]


def test_the_prices_are_told_in_twd_and_null_where_nobody_knows_one(db: None) -> None:
    tell("ETH/USDT", "3000", change="10")
    tell("USDT/TWD", "32", change="-1")
    answer = Caller().get("allTickers")
    rows = json.loads(answer.content, parse_float=Decimal, parse_int=Decimal)["data"]
    found = {row["baseCurrency"]: (row["quoteCurrency"], row["lastPrice"], row["changePricePercent"]) for row in rows}
    assert found == {
        "BTC": ("TWD", None, None),
        "ETH": ("TWD", 96_000, Decimal("8.9")),
        "USDT": ("TWD", 32, -1),
        "TRX": ("TWD", None, None),
    }
    tell("BTC/USDT", "60000")
    assert Caller(prefix="/bitgin/v1").get("allTickers").json()["data"][0] == {
        "baseCurrency": "BTC", "quoteCurrency": "TWD", "changePricePercent": None, "lastPrice": 1_920_000,
    }  # fmt: skip
