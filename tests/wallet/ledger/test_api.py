"""Coins, balances and the statement over HTTP."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests import factories_accounts
from tests import factories_wallet as factory
from tests.client import Api
from wallet.models.ledger import Posting
from wallet.services import ledger

pytestmark = pytest.mark.usefixtures("real_db")


@pytest.fixture
def customer():
    """A registered customer with some ether."""
    made = factories_accounts.customer()
    factory.fund(made, "3.50")
    ledger.hold(**factory.words_of_hold(made, "1"))
    return made


@pytest.fixture
def mine(customer) -> Api:
    """The customer's client."""
    return Api(token=factories_accounts.token_of(customer))


def test_coins_are_public_and_amounts_are_text(api):
    answer = api.get("/api/v1/coins")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["next"], body["previous"]) == (None, None)
    ether = next(coin for coin in body["results"] if coin["coin"] == "ETH")
    assert ether == {
        "coin": "ETH",
        "name": "Ether",
        "kind": "crypto",
        "scale": 18,
        "networks": [
            {
                "network": "ETHEREUM",
                "name": "Ethereum (ERC-20)",
                "scale": 18,
                "contract_address": "",
                "confirmations": 3,
                "memo_required": False,
                "is_deposit_open": True,
                "is_withdrawal_open": True,
                "deposit_minimum": "0.001",
                "withdrawal_minimum": "0.01",
                "withdrawal_fee": "0.002",
            }
        ],
    }


def test_balances_tell_what_is_available_and_what_is_held(mine):
    body = mine.get("/api/v1/balances").json()
    assert len(body["results"]) == 7
    only = mine.get("/api/v1/balances?coin=ETH").json()["results"]
    assert only == [
        {
            "coin": "ETH",
            "available": "2.5",
            "held": "1",
            "futures_available": "0",
            "futures_held": "0",
            "total": "3.5",
        }
    ]


def test_the_statement_is_paged_and_filtered(mine, customer):
    body = mine.get("/api/v1/statement?size=2").json()
    assert [(line["account"], line["kind"], line["amount"]) for line in body["results"]] == [
        ("spot_held", "withdrawal_hold", "1"),
        ("spot_available", "withdrawal_hold", "-1"),
    ]
    assert body["previous"] is None
    address = urlsplit(body["next"])
    rest = mine.get(f"{address.path}?{address.query}").json()
    assert [line["kind"] for line in rest["results"]] == ["deposit"]
    assert rest["next"] is None
    assert isinstance(rest["results"][0]["id"], str)
    assert rest["results"][0]["posting"] == str(Posting.objects.get(kind="deposit", entries__account__owner=customer).pk)
    assert rest["results"][0]["created_at"].endswith("Z")
    only = mine.get("/api/v1/statement?kind=deposit&coin=ETH").json()["results"]
    assert [line["amount"] for line in only] == ["3.5"]
    assert mine.get("/api/v1/statement?coin=BTC").json()["results"] == []


def test_nobody_reads_anothers_money(mine):
    other = factory.owner()
    factory.fund(other, "99")
    assert "99" not in {line["amount"] for line in mine.get("/api/v1/statement").json()["results"]}
    assert mine.get("/api/v1/balances?coin=ETH").json()["results"][0]["total"] == "3.5"


@pytest.mark.parametrize("path", ["/api/v1/balances", "/api/v1/statement"])
def test_without_a_session_there_is_nothing(api, path):
    answer = api.get(path)
    assert answer.status_code == 401
    assert answer.json()["slug"] == "api.not_signed_in"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/v1/balances?coin=DOGE", "coin"),
        ("/api/v1/statement?coin=DOGE", "coin"),
        ("/api/v1/statement?kind=gift", "kind"),
        ("/api/v1/statement?size=1000", "size"),
        ("/api/v1/statement?cursor=%00", None),
        ("/api/v1/statement?cursor=nonsense", "cursor"),
        ("/api/v1/balances?coin=" + "A" * 17, "coin"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(mine, path, field):
    answer = mine.get(path)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    if field:
        assert field in answer.json()["fields"]


def test_only_reading_is_offered(mine):
    for path in ("/api/v1/coins", "/api/v1/balances", "/api/v1/statement"):
        assert mine.post(path).status_code == 405
