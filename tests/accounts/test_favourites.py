"""Favourites: an order of the customer's own, the same whatever arrives at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Favourite
from accounts.services import favourites
from accounts.services.favourites import Market
from config.kit.clock import now
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import customer, token_of

URL = "/api/v1/me/favourites"


@pytest.fixture
def token(db: None) -> str:
    return token_of(customer())


def symbols(api: Api, token: str) -> list[str]:
    return [row["symbol"] for row in api.get(URL, token=token).json()["results"]]


def test_what_is_added_stands_at_the_end_in_the_order_of_adding(api: Api, token: str) -> None:
    first = api.post(URL, {"symbol": "BTC/USDT"}, token=token)
    assert first.status_code == 201
    assert first.json() == {
        "id": first.json()["id"],
        "symbol": "BTC/USDT",
        "exchange": "",
        "position": 0,
        "created_at": first.json()["created_at"],
    }
    api.post(URL, {"symbol": "ETHUSDT", "exchange": "301"}, token=token)
    assert symbols(api, token) == ["BTC/USDT", "ETHUSDT"]


def test_adding_again_changes_nothing_and_answers_the_one_that_is_there(api: Api, token: str) -> None:
    first = api.post(URL, {"symbol": "BTC"}, token=token).json()
    api.post(URL, {"symbol": "ETH"}, token=token)
    again = api.post(URL, {"symbol": "BTC"}, token=token)
    assert (again.status_code, again.json()) == (200, first)
    assert symbols(api, token) == ["BTC", "ETH"]


def test_the_same_symbol_on_another_exchange_is_another_market(api: Api, token: str) -> None:
    for exchange in ("", "301", "302"):
        assert api.post(URL, {"symbol": "BTC", "exchange": exchange}, token=token).status_code == 201
    assert symbols(api, token) == ["BTC"] * 3


def test_removing_is_idempotent_and_foreign_ids_answer_like_absent_ones(api: Api, token: str) -> None:
    mine = api.post(URL, {"symbol": "BTC"}, token=token).json()["id"]
    other = token_of(customer())
    for name in (mine, "4203918275640192", "x", "%00", "9" * 40):
        assert api.delete(f"{URL}/{name}", token=other).status_code == 204
    assert symbols(api, token) == ["BTC"]
    for _ in range(2):
        assert api.delete(f"{URL}/{mine}", token=token).status_code == 204
    assert symbols(api, token) == []


def test_a_market_is_taken_away_by_its_name_too(db: None) -> None:
    user = customer()
    favourites.add(user=user, market=Market("BTC", "301"))
    assert not favourites.remove_market(user=user, market=Market("BTC"))
    assert favourites.remove_market(user=user, market=Market("BTC", "301"))
    assert not favourites.remove_market(user=user, market=Market("BTC", "301"))


def test_the_whole_list_is_put_in_order_and_what_stays_keeps_its_id(api: Api, token: str) -> None:
    for symbol in ("A", "B", "C", "D"):
        api.post(URL, {"symbol": symbol}, token=token)
    ids = {row["symbol"]: row["id"] for row in api.get(URL, token=token).json()["results"]}
    body = {"favourites": [{"symbol": symbol} for symbol in ("D", "X", "A")]}
    answer = api.put(URL, body, token=token)
    assert answer.status_code == 200
    rows = answer.json()["results"]
    assert [(row["symbol"], row["position"]) for row in rows] == [("D", 0), ("X", 1), ("A", 2)]
    assert (rows[0]["id"], rows[2]["id"]) == (ids["D"], ids["A"])
    assert api.put(URL, {"favourites": []}, token=token).json()["results"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"favourites": None},
        {"favourites": "BTC"},
        {"favourites": ["BTC"]},
        {"favourites": [{"symbol": "btc"}]},
        {"favourites": [{"symbol": ""}]},
        {"favourites": [{"symbol": "B" * 33}]},
        {"favourites": [{"symbol": "BTC\u0000"}]},
        {"favourites": [{"symbol": "ВТС"}]},
        {"favourites": [{"symbol": "BTC", "exchange": "a b"}]},
        {"favourites": [{"symbol": "BTC"}, {"symbol": "BTC"}]},
        {"favourites": [{"symbol": f"S{number}"} for number in range(201)]},
        {"favourites": [{"symbol": 5}]},
    ],
)
def test_a_list_that_is_not_one_is_refused_and_changes_nothing(api: Api, token: str, body: Any) -> None:
    api.post(URL, {"symbol": "KEPT"}, token=token)
    assert api.put(URL, body, token=token).status_code == 400
    assert symbols(api, token) == ["KEPT"]


def test_the_two_hundred_first_is_refused(api: Api, token: str) -> None:
    full = {"favourites": [{"symbol": f"S{number}"} for number in range(200)]}
    assert api.put(URL, full, token=token).status_code == 200
    refused = api.post(URL, {"symbol": "MORE"}, token=token)
    assert (refused.status_code, refused.json()["slug"], refused.json()["maximum"]) == (
        409,
        "accounts.too_many_favourites",
        200,
    )
    assert api.post(URL, {"symbol": "S7"}, token=token).status_code == 200


def test_many_additions_at_once_take_places_of_their_own(real_db: None) -> None:
    user = customer()
    told = at_once(40, lambda index: favourites.add(user=user, market=Market(f"S{index % 20}")))
    assert sum(isinstance(one, tuple) and one[1] for one in told) == 20
    assert [row.position for row in favourites.listed(user)] == list(range(20))


def test_the_limit_holds_under_a_race(real_db: None) -> None:
    user = customer()
    favourites.replace(user=user, markets=[Market(f"S{number}") for number in range(195)])
    told = at_once(20, lambda index: favourites.add(user=user, market=Market(f"NEW{index}")))
    assert sum(isinstance(one, tuple) for one in told) == 5
    assert Favourite.objects.filter(user=user).count() == 200


def test_whole_lists_put_at_once_leave_one_of_them_whole(real_db: None) -> None:
    user = customer()
    letters = [f"S{number}" for number in range(12)]
    lists = [letters[turn:] + letters[:turn] for turn in range(12)]
    told = at_once(36, lambda index: favourites.replace(user=user, markets=[Market(one) for one in lists[index % 12]]))
    assert not [one for one in told if isinstance(one, Exception)]
    assert [row.symbol for row in favourites.listed(user)] in lists


def test_the_database_holds_one_place_for_one_market_and_the_form_of_a_symbol(real_db: None) -> None:
    user = customer()
    row, _ = favourites.add(user=user, market=Market("BTC"))
    with pytest.raises(IntegrityError, match="accounts_favourite_position_unique"), transaction.atomic():
        Favourite.objects.create(user=user, symbol="ETH", position=row.position, created_at=now())
    with pytest.raises(IntegrityError, match="accounts_favourite_symbol_form"), transaction.atomic():
        Favourite.objects.create(user=user, symbol="eth", position=9, created_at=now())
    with pytest.raises(IntegrityError, match="accounts_favourite_unique"), transaction.atomic():
        Favourite.objects.create(user=user, symbol="BTC", position=9, created_at=now())
