"""Deposit addresses and the customer's view of deposits, over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from accounts.models import User
from tests.client import Api
from tests.factories_kyc import customer as new_customer
from tests.factories_kyc import level_one, token_of
from wallet.api.native.deposits import DepositAddresses
from wallet.chains.derivation import evm_address
from wallet.chains.development.client import DevelopmentChainClient
from wallet.models.coins import CoinNetwork
from wallet.models.deposits import DepositAddress
from wallet.services.deposits import addresses, watching

pytestmark = pytest.mark.usefixtures("real_db")
PATH = "/api/v1/deposit-addresses"
ASKED = {"coin": "USDT", "network": "ETHEREUM"}


@pytest.fixture
def customer() -> User:
    """A customer who may deposit."""
    return level_one()


@pytest.fixture
def token(customer: User) -> str:
    """The customer's session."""
    return token_of(customer)


def test_the_same_address_is_given_each_time_and_serves_every_coin_of_the_network(api: Api, token: str) -> None:
    first = api.post(PATH, ASKED, token=token)
    again = api.post(PATH, {"coin": "ETH", "network": "ETHEREUM"}, token=token)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    body = first.json()
    assert {entry["coin"] for entry in body["coins"]} == {"ETH", "USDT"}
    stored = DepositAddress.objects.get()
    assert body["address"] == stored.address
    from django.conf import settings

    assert stored.address == evm_address(settings.EVM_DEPOSIT_XPUB, stored.derivation_index)
    listed = api.get(PATH + "?coin=USDT", token=token).json()
    assert listed == {"results": [body], "next": None, "previous": None}
    assert api.get(PATH + "?coin=BTC", token=token).json()["results"] == []


def test_a_key_lists_addresses_and_only_a_session_makes_them() -> None:
    assert (DepositAddresses.operations["get"].needs.scope, DepositAddresses.operations["post"].needs.scope) == ("read", None)


def test_a_customer_below_level_one_gets_no_address(api: Api) -> None:
    answer = api.post(PATH, ASKED, token=token_of(new_customer()))
    assert (answer.status_code, answer.json()["slug"]) == (403, "kyc.not_entitled")
    assert not DepositAddress.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "slug", "field"),
    [
        ({}, 400, "api.invalid", "coin"),
        ({"coin": "USDT"}, 400, "api.invalid", "network"),
        ({"coin": 5, "network": []}, 400, "api.invalid", "network"),
        ({"coin": "NOPE", "network": "ETHEREUM"}, 400, "wallet.unknown_coin", "coin"),
        ({"coin": "USDT", "network": "NOPE"}, 400, "wallet.unknown_network", "network"),
        ({"coin": "BTC", "network": "ETHEREUM"}, 400, "wallet.unknown_network", "network"),
        ({"coin": "BTC", "network": "BITCOIN"}, 422, "wallet.deposits_closed", "network"),
    ],
)
def test_a_bad_request_names_its_field_and_writes_nothing(
    api: Api, token: str, body: dict[str, Any], status: int, slug: str, field: str
) -> None:
    answer = api.post(PATH, body, token=token)
    assert (answer.status_code, answer.json()["slug"]) == (status, slug)
    assert field in answer.json()["fields"]
    assert not DepositAddress.objects.exists()


def test_nobody_without_a_session_gets_anything(api: Api) -> None:
    assert {api.get(path).status_code for path in (PATH, "/api/v1/deposits")} == {401}
    assert api.post(PATH, ASKED).status_code == 401


def test_thirty_two_requests_at_once_make_one_address(customer: User) -> None:
    def ask(_: int) -> str:
        try:
            return addresses.issue(customer=customer, coin="USDT", network="ETHEREUM")[0].address
        finally:
            connections.close_all()

    with ThreadPoolExecutor(32) as pool:
        assert len(set(pool.map(ask, range(32)))) == 1
    assert DepositAddress.objects.count() == 1


def test_no_index_is_given_out_twice() -> None:
    customers = [level_one() for _ in range(5)]
    issued = [addresses.issue(customer=one, coin="ETH", network="ETHEREUM")[0] for one in customers]
    assert len({one.address for one in issued}) == len({one.derivation_index for one in issued}) == 5


def test_deposits_are_listed_with_their_progress_and_hide_those_of_others(
    api: Api, chain: DevelopmentChainClient, customer: User, token: str, settings: Any
) -> None:
    settings.EVM_SCAN_FROM_HEIGHT = chain.mine()
    issued, _ = addresses.issue(customer=customer, coin="USDT", network="ETHEREUM")
    required = CoinNetwork.objects.get(coin__code="USDT", network__code="ETHEREUM").confirmations
    tx_hash = chain.send(coin="USDT", to=issued.address, amount=Decimal("20.5"))
    chain.mine(1)
    while watching.look():
        pass
    seen = api.get("/api/v1/deposits", token=token).json()["results"]
    assert [(row["tx_hash"], row["amount"], row["state"], row["credited_at"]) for row in seen] == [
        (tx_hash, "20.5", "pending", None)
    ]
    assert (seen[0]["confirmations"], seen[0]["confirmations_required"]) == (2, required)
    chain.mine(required)
    while watching.look():
        pass
    done = api.get("/api/v1/deposits?coin=USDT&state=credited", token=token).json()["results"]
    assert [(row["amount"], row["address"]) for row in done] == [("20.5", issued.address)]
    assert api.get("/api/v1/deposits?coin=ETH", token=token).json()["results"] == []
    assert api.get("/api/v1/deposits?state=mystery", token=token).status_code == 400
    assert api.get("/api/v1/deposits", token=token_of(level_one())).json()["results"] == []


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_a_page_of_deposits_costs_the_same_queries_however_long(
    api: Api, chain: DevelopmentChainClient, customer: User, token: str, settings: Any, rows: int,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    settings.EVM_SCAN_FROM_HEIGHT = chain.mine()
    issued, _ = addresses.issue(customer=customer, coin="USDT", network="ETHEREUM")
    for _ in range(rows):
        chain.send(coin="USDT", to=issued.address, amount=Decimal(20))
    while watching.look():
        pass
    with django_assert_max_num_queries(6):
        assert len(api.get("/api/v1/deposits", token=token).json()["results"]) == rows
