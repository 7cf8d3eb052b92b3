"""The own passwords, the anti-phishing code and the countries on bhex, and all that must change nothing."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Country, PasswordForm, Session, User
from accounts.services import trade_password
from accounts.services.passwords import plain
from tests.accounts.changing import acts_of, holds_of, told
from tests.dialects.bhex import people
from tests.dialects.bhex.given_passwords import TRADE, first_fields, trade_fields, without_password
from tests.dialects.bhex.given_recovery import NEW, PASSWORDS
from tests.dialects.bhex.given_security import with_authenticator
from tests.dialects.bhex.people import DIGEST, Browser, Person, md5
from tests.dialects.bhex.test_bindings import WRONG_ORDER, changed, refused, user_of

pytestmark = pytest.mark.django_db
UPDATE, SET, TRADE_SET = "/api/user/update_pwd", "/api/user/set_password", "/api/user/trade_pwd/set"
PHRASE = "/api/user/edit_anti_phishing_code"
LONG = "a" * 1025
CHANGE = {"old_password": DIGEST, **PASSWORDS}
TWICE = [({"password2": md5("other")}, 31012), ({"password1": "short", "password2": "short"}, 31013),
         ({"password1": LONG, "password2": LONG}, 31013)]  # fmt: skip


def forms_of(person: Person) -> set[tuple[str, str]]:
    return set(PasswordForm.objects.filter(user__phone=person.phone).values_list("kind", "encoded"))


def with_changes(fields: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    for name, value in changes.items():
        fields = changed(fields, name, value)
    return fields


def test_a_changed_password_ends_all_sessions_and_takes_the_cookies_back() -> None:
    person = people.signed_up()
    answer = person.browser.post(UPDATE, CHANGE)
    assert answer.json() == {"success": True}
    back = {name for name, cookie in answer.cookies.items() if cookie["max-age"] == 0}
    assert back == {"au_token", "user_id", "account_id", "c_token"}
    assert not Session.objects.filter(user__phone=person.phone, ended_at__isnull=True).exists()
    named = {"national_code": "86", "mobile": person.mobile}
    assert Browser().post("/api/user/mobile_authorize", {**named, "password": NEW}).json()["need2FA"] is True
    assert refused(Person(0, Browser()), "/api/user/mobile_authorize", {**named, "password": DIGEST}) == 31019
    assert holds_of(user_of(person)) == [("password", 24)]
    assert told("password_changed")


@pytest.mark.parametrize(
    ("change", "number"),
    [({"old_password": LONG}, 31040), ({"old_password": md5("other")}, 31040), ({"old_password": people.PASSWORD}, 31040),
     ({"password1": DIGEST, "password2": DIGEST}, 31013), *TWICE],
)  # fmt: skip
def test_a_password_is_changed_by_everything_that_is_asked_for(change: dict[str, Any], number: int) -> None:
    person = people.signed_up()
    before = forms_of(person)
    assert refused(person, UPDATE, with_changes(CHANGE, change)) == number
    assert forms_of(person) == before
    assert Session.objects.filter(user__phone=person.phone, ended_at__isnull=True).count() == 1


def test_wrong_old_passwords_are_counted_and_lock_the_change() -> None:
    person = people.signed_up()
    wrong = {**CHANGE, "old_password": md5("wrong")}
    assert [refused(person, UPDATE, wrong) for _ in range(6)] == [31040] * 5 + [31052]
    assert refused(person, UPDATE, CHANGE) == 31052


def test_a_first_password_is_set_once_and_keeps_the_session() -> None:
    person = without_password()
    assert refused(person, UPDATE, CHANGE) == 31102
    fields = first_fields(person)
    assert person.browser.post(SET, fields).json() == {"success": True}
    assert refused(person, SET, fields) == 30020
    named = {"national_code": "86", "mobile": person.mobile}
    assert Browser().post("/api/user/mobile_authorize", {**named, "password": NEW}).status_code == 200


@pytest.mark.parametrize(
    ("change", "number"),
    [*TWICE, ({"order_id": WRONG_ORDER}, 31015), ({"verify_code": "000000"}, 31015)],
)  # fmt: skip
def test_a_first_password_is_set_by_everything_that_is_asked_for(change: dict[str, Any], number: int) -> None:
    person = without_password()
    assert refused(person, SET, with_changes(first_fields(person), change)) == number
    assert forms_of(person) == set()


def test_no_first_password_is_set_with_another_customers_code() -> None:
    person, other = without_password(), without_password()
    assert refused(person, SET, first_fields(other)) == 31015
    assert forms_of(person) == set()


def test_a_trade_password_is_set_then_changed_as_the_type_says() -> None:
    person = people.signed_up()
    assert refused(person, TRADE_SET, {"type": 2, **trade_fields(person, 16)}) == 30019
    assert person.browser.post(TRADE_SET, {"type": 1, **trade_fields(person)}).json() == {"success": True}
    trade_password.require(user_of(person), plain(TRADE))
    assert refused(person, TRADE_SET, {"type": 1, **trade_fields(person, word="938271")}) == 31074
    assert refused(person, TRADE_SET, {"type": 2, **trade_fields(person, 15, word="938271")}) == 31015
    assert person.browser.post(TRADE_SET, {"type": 2, **trade_fields(person, 16, word="938271")}).status_code == 200
    trade_password.require(user_of(person), plain("938271"))
    assert holds_of(user_of(person)) == [("trade_password", 24)]


@pytest.mark.parametrize("said", [{}, {"type": ""}])
def test_without_a_type_the_state_decides_and_each_state_has_its_own_code(said: dict[str, str]) -> None:
    person = people.signed_up()
    assert refused(person, TRADE_SET, {**said, **trade_fields(person, 16)}) == 31015
    assert person.browser.post(TRADE_SET, {**said, **trade_fields(person)}).json() == {"success": True}
    assert refused(person, TRADE_SET, {**said, **trade_fields(person, word="938271")}) == 31015
    assert person.browser.post(TRADE_SET, {**said, **trade_fields(person, 16, word="938271")}).status_code == 200
    trade_password.require(user_of(person), plain("938271"))


def test_a_trade_password_may_come_as_its_md5_and_is_still_that_password() -> None:
    person = people.signed_up()
    assert refused(person, TRADE_SET, trade_fields(person, word=md5("123456"))) == 31075
    assert refused(person, TRADE_SET, trade_fields(person, word=DIGEST)) == 31056
    assert refused(person, TRADE_SET, trade_fields(person, word=people.PASSWORD.replace(" ", "%20"))) == 31056
    assert person.browser.post(TRADE_SET, trade_fields(person, word=md5(TRADE).upper())).json() == {"success": True}
    trade_password.require(user_of(person), plain(TRADE))


@pytest.mark.parametrize(
    ("change", "number"),
    [({"type": "3"}, 30003), ({"trade_pwd": "a1" * 100, "trade_pwd2": "a1" * 100}, 31075),
     ({"trade_pwd": "123456", "trade_pwd2": "123456"}, 31075), ({"trade_pwd": "9", "trade_pwd2": "9"}, 31075),
     ({"trade_pwd2": "938271"}, 31012), ({"order_id": WRONG_ORDER}, 31015), ({"verify_code": "000000"}, 31015)],
)  # fmt: skip
def test_a_trade_password_is_set_by_everything_that_is_asked_for(change: dict[str, Any], number: int) -> None:
    person = people.signed_up()
    assert refused(person, TRADE_SET, with_changes(trade_fields(person), change)) == number
    assert not trade_password.is_set(user_of(person))


def test_an_authenticators_code_comes_without_an_order() -> None:
    person, app = with_authenticator()
    fields = {"trade_pwd": TRADE, "trade_pwd2": TRADE, "order_id": "0"}
    assert refused(person, TRADE_SET, {**fields, "verify_code": "000000"}) == 31024
    assert person.browser.post(TRADE_SET, {**fields, "verify_code": app.code()}).json() == {"success": True}


@pytest.mark.parametrize(
    ("change", "number"),
    [({"anti_phishing_code": "x" * 33}, 30003), ({"order_id": WRONG_ORDER}, 31015), ({"verify_code": "000000"}, 31015)],
)  # fmt: skip
def test_a_phrase_is_set_by_everything_that_is_asked_for(change: dict[str, Any], number: int) -> None:
    person = people.signed_up()
    fields = {"anti_phishing_code": "blue whale", **people.own_code(person, 24)}
    assert refused(person, PHRASE, with_changes(fields, change)) == number
    assert user_of(person).anti_phishing_phrase == ""


def test_a_phrase_is_set_and_taken_away() -> None:
    person = people.signed_up()
    for phrase in ("藍鯨", ""):
        fields = {"anti_phishing_code": phrase, **people.own_code(person, 24)}
        assert person.browser.post(PHRASE, fields).json() == {"success": True}
        assert user_of(person).anti_phishing_phrase == phrase
    assert acts_of(user_of(person)).count("anti_phishing_set") == 2


@pytest.mark.parametrize("path", [UPDATE, SET, TRADE_SET, PHRASE, "/api/user/send_verify_code/set_password"])
def test_nobody_who_is_not_signed_in_gets_further_than_that(path: str) -> None:
    every = {**CHANGE, "trade_pwd": TRADE, "trade_pwd2": TRADE, "anti_phishing_code": "x", "order_id": WRONG_ORDER,
             "verify_code": "123456"}  # fmt: skip
    assert refused(people.somebody(), path, every) == 30000
    assert not User.objects.exclude(anti_phishing_phrase="").exists()


@pytest.mark.parametrize(("lang", "name"), [("en", "China"), ("zh-CN", "中国"), ("zh-TW", "中國")])
def test_the_countries_are_named_in_the_language_of_who_asks(lang: str, name: str) -> None:
    told_of = Browser(lang=lang).get("/s_api/basic/countries").json()
    assert len(told_of) == Country.objects.count()
    (china,) = [one for one in told_of if one["shortName"] == "CN"]
    assert (china["id"], china["nationalCode"], china["countryName"], china["indexName"]) == ("156", "86", name, "C")
    assert Browser(lang=lang).get("/api/basic/countries").json() == told_of
