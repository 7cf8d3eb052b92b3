"""The signed-in customer on bhex: the log of sign-ins, favourites, and going out."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import Favourite, LoginRecord, Session, User
from accounts.services import favourites
from config.kit.clock import now
from tests.dialects.bhex import people
from tests.dialects.bhex.people import Browser, Person

pytestmark = pytest.mark.django_db(transaction=True)
LOG, CREATE, CANCEL, LIST = (
    f"/api/user/{name}" for name in ("authorize_log", "favorite/create", "favorite/cancel", "favorite/list")
)
MARKET = {"exchange_id": "301", "symbol_id": "BTCUSDT"}


def user_of(person: Person) -> User:
    return User.objects.get(phone=person.phone)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("prefix", ["/api/user", "/mapi/user"])
def test_who_goes_out_has_no_session_and_no_cookies_and_goes_out_once(method: str, prefix: str) -> None:
    person, other = people.signed_up(), people.signed_up()
    kept = {name: cookie.value for name, cookie in person.browser.client.cookies.items()}
    answer = getattr(person.browser, method)(f"{prefix}/authorize_cancel")
    assert answer.json() == {"success": True}
    assert {name for name, cookie in answer.cookies.items() if cookie["max-age"] == 0} == {
        "au_token", "user_id", "account_id", "c_token",
    }  # fmt: skip
    assert Session.objects.get(user=user_of(person)).end_cause == "logout"
    assert Session.objects.get(user=user_of(other)).ended_at is None
    person.browser.client.cookies.load(kept)
    again = getattr(person.browser, method)(f"{prefix}/authorize_cancel")
    assert (again.status_code, again.json()["code"]) == (400, 30000)


@pytest.mark.parametrize("path", ["authorize_cancel", "authorize_log", "get_base_info", "favorite/list"])
def test_a_page_of_another_site_neither_reads_nor_ends_anything_by_get(path: str) -> None:
    person = people.signed_up()
    answer = person.browser.get(f"/api/user/{path}", Sec_Fetch_Site="cross-site")
    assert (answer.status_code, answer.json()["code"]) == (400, 30080)
    assert Session.objects.get().ended_at is None


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "get_base_info"), ("post", "get_base_info"), ("get", "authorize_log"), ("post", "authorize_log"),
     ("post", "favorite/list"), ("get", "favorite/list"), ("get", "authorize_cancel")],
)  # fmt: skip
def test_nobody_reads_anything_without_signing_in(method: str, path: str) -> None:
    answer = getattr(Browser(), method)(f"/api/user/{path}")
    assert (answer.status_code, answer.json()["code"]) == (400, 30000)


def test_the_log_says_who_came_in_who_failed_and_who_did_not_come_through_newest_first() -> None:
    cache.clear()
    person = people.signed_up()
    signed_in, signing_in = person.browser, Person(person.number, Browser())
    names = {"national_code": "86", "mobile": person.mobile}
    signing_in.browser.post("/api/user/mobile_authorize", {**names, "password": people.md5("wrong")})
    request_id = people.waiting(signing_in)["requestId"]
    shown = people.login_code(signing_in, request_id)
    signing_in.browser.post("/api/user/authorize_advance", {**shown, "verify_code": "000000"})
    assert signing_in.browser.post("/api/user/authorize_advance", shown).status_code == 200
    lines = signing_in.browser.post(LOG).json()
    assert [line["status"] for line in lines] == [1, 3, 2, 1]
    assert {line["userId"] for line in lines} == {str(user_of(person).uid)}
    assert signed_in is not signing_in.browser


def lines_of(person: Person) -> list[LoginRecord]:
    """Five lines of the log, a second apart, newest first."""
    line = LoginRecord.objects.get(user=user_of(person), act="login")
    for number in range(1, 5):
        line.pk, line.public_id = None, line.public_id + 1
        line.at = line.at.fromtimestamp(1_600_000_000 + number, tz=line.at.tzinfo)
        line.save(force_insert=True)
    return list(LoginRecord.objects.filter(user=user_of(person), act="login").order_by("-pk"))


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_log_is_paged_by_the_last_line_and_cut_by_two_times(method: str) -> None:
    person = people.signed_up()
    lines = [str(line.public_id) for line in lines_of(person)]

    def ids(**fields: Any) -> list[str]:
        asked = "&".join(f"{name}={value}" for name, value in fields.items())
        answer = person.browser.get(f"{LOG}?{asked}") if method == "get" else person.browser.post(LOG, fields)
        return [line["id"] for line in answer.json()]

    assert ids(limit=2) == lines[:2]
    assert ids(limit=2, log_id=lines[1]) == lines[2:4]
    assert ids(log_id=lines[4]) == []
    assert ids(log_id=0, limit="", start_time="", end_time=0) == lines
    assert ids(start_time=1_600_000_002_000, end_time=1_600_000_003_000) == lines[1:3]
    assert ids(start_time=1_600_000_002_001, end_time=1_600_000_002_999) == []


def test_who_asks_for_more_lines_than_are_told_at_once_is_told_as_many() -> None:
    person = people.signed_up()
    LoginRecord.objects.filter(user=user_of(person)).delete()
    made = [LoginRecord(user=user_of(person), act="login", at=now(), ip="127.0.0.1") for _ in range(101)]
    LoginRecord.objects.bulk_create(made)
    assert len(person.browser.post(LOG, {"limit": 500}).json()) == 100


def test_the_line_of_somebody_else_is_no_place_to_read_on_from() -> None:
    person, other = people.signed_up(), people.signed_up()
    foreign = LoginRecord.objects.get(user=user_of(other), act="login").public_id
    assert person.browser.post(LOG, {"log_id": foreign}).json()["code"] == 30003


@pytest.mark.parametrize(
    ("change", "number"),
    [({"log_id": "x"}, 30003), ({"log_id": "9" * 21}, 30003), ({"log_id": "123"}, 30003), ({"limit": 0}, 30003),
     ({"limit": "9" * 10}, 30003), ({"limit": "9" * 5000}, 30003),
     ({"limit": "ten"}, 30003), ({"limit": -1}, 30003), ({"start_time": "yesterday"}, 30003),
     ({"end_time": "9" * 15}, 30003), ({"end_time": "9" * 30}, 30003)],
)  # fmt: skip
def test_a_log_asked_for_in_a_wrong_way_is_refused_by_number(change: dict[str, Any], number: int) -> None:
    person = people.signed_up()
    asked = "&".join(f"{name}={value}" for name, value in change.items())
    for answer in (person.browser.post(LOG, change), person.browser.get(f"{LOG}?{asked}")):
        assert (answer.status_code, answer.json()["code"]) == (400, number)


def test_favourites_are_made_and_cancelled_any_number_of_times_by_name_or_number() -> None:
    person, other = people.signed_up(), people.signed_up()
    numbered = {"exchange_id": 301, "symbol_id": 7}
    for market in (MARKET, MARKET, numbered):
        assert person.browser.post(CREATE, market).json() == {"success": True}
    assert [(row["exchangeId"], row["symbolId"]) for row in person.browser.get(LIST).json()] == [
        ("301", "BTCUSDT"),
        ("301", "7"),
    ]
    assert other.browser.post(CANCEL, MARKET).json() == {"success": True}
    assert other.browser.post(LIST).json() == []
    for _ in range(2):
        assert person.browser.post(CANCEL, MARKET).json() == {"success": True}
    assert [row["symbolId"] for row in person.browser.post(LIST).json()] == ["7"]
    raw = b'{"exchange_id": 301, "symbol_id": 7}'
    assert person.browser.call("POST", CANCEL, raw, "application/json").json() == {"success": True}
    assert person.browser.post(LIST).json() == []


@pytest.mark.parametrize("path", [CREATE, CANCEL])
@pytest.mark.parametrize("name", ["exchange_id", "symbol_id"])
@pytest.mark.parametrize("wrong", [None, "", "x" * 33, "a b!", "<b>"])
def test_a_market_that_is_none_is_refused_and_changes_nothing(path: str, name: str, wrong: str | None) -> None:
    person = people.signed_up()
    person.browser.post(CREATE, MARKET)
    fields = {field: value for field, value in {**MARKET, name: wrong}.items() if value is not None}
    answer = person.browser.post(path, fields)
    assert (answer.status_code, answer.json()["code"]) == (400, 30003)
    assert Favourite.objects.get().symbol == "BTCUSDT"


def test_a_list_that_is_full_takes_no_more() -> None:
    person = people.signed_up()
    markets = [favourites.Market(f"M{number}") for number in range(favourites.FAVOURITES_MAX)]
    favourites.replace(user=user_of(person), markets=markets)
    answer = person.browser.post(CREATE, MARKET)
    assert (answer.status_code, answer.json()["code"]) == (400, 30080)
    assert not Favourite.objects.filter(symbol="BTCUSDT").exists()
