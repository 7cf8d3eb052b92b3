"""What must not pass at exx's doors: parameters, limits, locks, pictures, other sites."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import AttemptCounter, Country, Session, Status, User
from accounts.services import second_factor, sub_accounts
from config.dialects.exx import texts
from messaging.models import Code, Message, Purpose
from tests import factories_accounts as make
from tests.dialects import odd
from tests.dialects.exx import people
from tests.dialects.exx.people import GONE, PASSWORD, SAFE, SEND, Browser, code, filled
from tests.factories_messaging import pass_time_for_resend, read_code
from tests.factories_passkeys import add_passkey

pytestmark = pytest.mark.django_db
LONG = "x" * 3_000
REGISTER = {"userType": 1, "countryCode": "86", "userName": "18900000001", "verificationCode": "abcde",
            "dynamicCode": "rsa:123456", "loginPwd": f"rsa:{PASSWORD}"}  # fmt: skip
LOGIN = {"userType": 1, "countryCode": "86", "userName": "18900000001", "password": f"rsa:{PASSWORD}"}


EVERY = (GONE, None, "", LONG, *(value for value in odd.WRONG if isinstance(value, str | list | dict)))
"""What is no good anywhere. A number may be meant where a text is due: forms know no difference."""
NO_GOOD: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "register": (REGISTER, [
        *({field: bad} for field in REGISTER for bad in EVERY),
        {"userType": 3}, {"userType": True}, {"userType": "1.0"}, {"userName": "a@example.com"}, {"userType": 2},
        {"userName": "1"}, {"countryCode": "+"}, {"countryCode": "99999"},
    ]),
    "login": (LOGIN, [
        *({field: bad} for field in LOGIN for bad in EVERY),
        {"userType": 4}, {"userType": -1}, {"userType": 2}, {"userName": "12\u200b3"}, {"imgCode": LONG}, {"imgCode": [1]},
    ]),
    "sendCode": (SEND, [
        *({field: bad} for field in SEND for bad in EVERY if bad != ""),
        {"type": 4}, {"type": "x"}, {"email": "rsa:a@example.com"}, {"mobileNumber": ""},
        {"mobileNumber": "", "countryCode": ""}, {"mobileNumber": "18900000001"}, {"mobileNumber": "rsa:1"},
        {"mobileNumber": "rsa:no number"}, {"mobileNumber": "rsa:" + "1" * 200},
        {"mobileNumber": GONE, "email": "rsa:no address"}, {"mobileNumber": GONE, "email": "rsa:a\n@example.com"},
        {"type": 3, "mobileNumber": ""}, {"graphicalCode": LONG},
    ]),
}  # fmt: skip
"""Address → what is good there, and what each change makes no good."""


@pytest.mark.parametrize("name", NO_GOOD)
def test_a_parameter_that_is_no_good_is_3005_and_nothing_happens(name: str) -> None:
    browser, (fields, changes) = Browser(), NO_GOOD[name]
    browser.read_key()
    before = odd.state()
    for change in changes:
        cache.clear()
        answer = browser.json(name, filled(browser, {**fields, **change}))
        assert (answer.status_code, code(answer), answer.json()["datas"]) == (200, "3005", {}), (change, answer.content)
    assert not Code.objects.exists()
    assert not Message.objects.exists()
    assert not AttemptCounter.objects.exists()
    assert odd.state() == before


def test_a_safe_password_that_is_no_good_is_3005() -> None:
    person = people.signed_up()
    for bad in (*EVERY, "518273", "rsa:123456", "rsa:short", f"rsa:{PASSWORD}"):
        cache.clear()
        answer = person.browser.json("setSafePwd", filled(person.browser, {"newSafePwd": bad}))
        assert code(answer) == "3005", bad
    assert person.browser.cookie("uon") == "5"


def test_a_second_step_without_a_code_that_can_be_one_is_3005() -> None:
    person = people.with_safe_password()
    make.bind_totp(User.objects.latest("pk"), password=PASSWORD)
    people.elsewhere(person)
    assert code(person.login()) == "1018"
    for fields in ({}, {"dynamicCode": ""}, {"dynamicCode": "123456"}, {"dynamicCode": LONG}, {"googleCode": "12345678901"},
                   {"googleCode": "abc"}, {"googleCode": {"a": 1}}, {"dynamicCode": 123456}):  # fmt: skip
        cache.clear()
        assert code(person.browser.json("loginAuth", fields)) == "3005", fields
    assert code(person.browser.json("loginAuth", {"googleCode": "000000"})) == "1001"


@pytest.mark.parametrize(
    "name", ["password", "loginPwd", "dynamicCode", "googleCode", "newSafePwd", "mobileNumber", "userName"]
)
def test_a_secret_in_the_address_is_refused(name: str) -> None:
    browser = Browser()
    for path in ("login", "register", "sendCode", "loginAuth", "setSafePwd"):
        assert code(browser.post(f"{path}?{name}=x", filled(browser, LOGIN))) == "3005"
        assert code(browser.get(f"{path}?{name}=x")) == "3005"
    assert not AttemptCounter.objects.exists()


def test_what_may_be_left_out_may_be_null() -> None:
    person = people.elsewhere(people.with_safe_password())
    browser = person.browser
    fields = filled(browser, {**LOGIN, "userName": person.mobile})
    assert code(browser.json("login", {**fields, "imgCode": None})) == "1000"
    sent = filled(browser, {"type": 1, "email": "rsa:nobody@example.com"})
    nothing = {"countryCode": None, "mobileNumber": None, "graphicalCode": None}
    assert code(Browser().json("sendCode", {"type": 1, **nothing, "email": None})) == "3005"
    assert code(browser.json("sendCode", {**sent, **nothing})) == "1000"
    make.bind_totp(User.objects.latest("pk"), password=PASSWORD)
    people.elsewhere(person).login()
    assert code(person.browser.json("loginAuth", {"dynamicCode": None, "googleCode": None})) == "3005"
    assert code(person.browser.json("loginAuth", {"dynamicCode": None, "googleCode": "000000"})) == "1001"


def test_where_an_authenticator_is_bound_no_code_is_sent_for_what_it_proves() -> None:
    person = people.with_safe_password()
    make.bind_totp(User.objects.latest("pk"), password=PASSWORD)
    people.elsewhere(person)
    assert code(person.login()) == "1018"
    pass_time_for_resend()
    for named in ({}, {"countryCode": "86", "mobileNumber": person.browser.rsa(person.mobile)}):
        told = person.browser.post("sendCode", {"type": 3, **named})
        assert (code(told), told.json()["resMsg"]["message"]) == ("1001", texts.BY_SLUG["accounts.authenticator_due"][0])


def test_after_three_failures_the_picture_is_due_and_each_is_good_for_one_answer() -> None:
    person = people.elsewhere(people.with_safe_password())
    browser = person.browser
    for _ in range(3):
        assert code(person.login("wrong password 123")) == "1008"
    without = person.login()
    assert (code(without), without.json()["datas"]) == ("1024", {})
    fields = {**filled(browser, {**LOGIN, "password": f"rsa:{PASSWORD}"}), "userName": person.mobile}
    shown = browser.picture()
    assert code(browser.post("login", {**fields, "imgCode": "ZZZZZ"})) == "1024"
    assert code(browser.post("login", {**fields, "imgCode": shown})) == "1024"
    stranger = Browser()
    theirs = stranger.picture()
    browser.picture()
    assert code(browser.post("login", {**fields, "imgCode": theirs})) == "1024"
    assert code(browser.post("login", {**fields, "imgCode": browser.picture().lower()})) == "1000"


def test_a_registration_needs_the_picture_of_its_own_browser() -> None:
    person = people.somebody()
    fields = people.register_fields(person)
    stranger = Browser()
    assert code(person.browser.post("register", {**fields, "verificationCode": stranger.picture()})) == "1024"
    assert code(person.browser.post("register", fields)) == "1024"
    assert not User.objects.exists()
    fields["verificationCode"] = person.browser.picture()
    assert code(person.browser.post("register", fields)) == "1000"


def test_another_sites_page_can_ask_for_nothing() -> None:
    person = people.with_safe_password()
    browser = person.browser
    theirs = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    for name in ("getPubTag", "imgCode", "getUserInfo"):
        assert code(browser.get(name, **theirs)) == "1001"
    for name, fields in (("login", LOGIN), ("register", REGISTER), ("sendCode", SEND)):
        assert code(browser.post(name, filled(browser, fields), **theirs)) == "1001"
    assert code(browser.post("setSafePwd", {"newSafePwd": browser.rsa(SAFE)}, **theirs)) == "1001"
    assert code(browser.post("logOut", {}, **theirs)) == "1001"
    assert code(browser.post("logOut", {}, Origin="https://evil.example")) == "1001"
    assert code(browser.get("getUserInfo", **{"Sec-Fetch-Site": "same-origin"})) == "1000"


def test_a_locked_name_and_a_stopped_account_are_4003() -> None:
    person = people.elsewhere(people.with_safe_password())
    User.objects.update(status=Status.SUSPENDED)
    assert code(person.login()) == "4003"
    User.objects.update(status=Status.NORMAL)
    cache.clear()
    for _ in range(5):
        fields = filled(person.browser, {**LOGIN, "password": "rsa:wrong password 1", "imgCode": person.browser.picture()})
        person.browser.post("login", {**fields, "userName": person.mobile})
    locked = person.login()
    assert (code(locked), int(locked.headers["Retry-After"]) > 0) == ("4003", True)


def test_an_account_that_is_not_activated_is_1025_and_gets_no_session(api: Any) -> None:
    answer = api.post("/api/v1/registration", {"email": "late@example.com", "password": PASSWORD})
    assert answer.status_code in {200, 201, 202}, answer.content
    browser = Browser()
    told = browser.post("login", {"userType": 2, "userName": "late@example.com", "password": browser.rsa(PASSWORD)})
    assert (code(told), told.json()["datas"]) == ("1025", {})
    assert not Session.objects.filter(ended_at__isnull=True).exists()


def test_a_phone_of_a_country_that_is_closed_registers_nothing() -> None:
    Country.objects.filter(alpha2="CN").update(can_register=False)
    browser = Browser()
    assert code(browser.post("sendCode", filled(browser, SEND))) == "3005"


def test_who_turned_on_codes_by_sms_shows_one() -> None:
    person = people.elsewhere(people.with_safe_password())
    User.objects.update(second_factor_channel="phone")
    assert (code(person.login()), person.browser.cookie("uon")) == ("1017", "3")
    assert code(people.ask_code(person, kind=3)) == "1000"
    whole = person.browser.post("loginAuth", {"dynamicCode": person.browser.rsa(read_code(person.phone))})
    assert code(whole) == "1000"


@pytest.mark.parametrize("place_is_new", [False, True])
def test_who_has_a_passkey_alone_is_refused(place_is_new: bool) -> None:
    person = people.with_safe_password()
    add_passkey(User.objects.latest("pk"), Session.objects.latest("pk"))
    User.objects.update(checks_other_places=place_is_new)
    people.elsewhere(person, ip="127.0.9.9")
    told = person.login()
    assert (code(told), told.json()["resMsg"]["message"]) == ("1001", texts.BY_SLUG["accounts.factor_not_served"][0])
    assert person.browser.cookie("uon") == ""


def test_forms_in_parts_are_read_too() -> None:
    person = people.elsewhere(people.with_safe_password())
    fields = {**filled(person.browser, LOGIN), "userName": person.mobile}
    answer = person.browser.client.post(f"{people.PREFIX}login", fields, REMOTE_ADDR="127.0.0.1")
    assert code(answer) == "1000"


def test_a_session_that_is_ended_elsewhere_is_over_here(api: Any) -> None:
    person = people.with_safe_password()
    theirs = api.post("/api/v1/sessions", {"login": person.phone, "password": PASSWORD}).json()["token"]
    assert code(person.browser.get("getUserInfo")) == "1000"
    assert api.delete("/api/v1/sessions/others", token=theirs).status_code == 204
    assert code(person.browser.get("getUserInfo")) == "1003"


def test_a_sub_account_signs_in_by_its_user_name() -> None:
    parent = make.customer()
    pass_time_for_resend()
    second_factor.send(parent, second_factor.Method.EMAIL, Purpose.SUB_ACCOUNT_ADD, language="en", ip=make.IP)
    proof = second_factor.Proof("email", read_code(parent.email or ""))
    sub = sub_accounts.create(parent=parent, username="heronsub", password=PASSWORD, proof=proof, client=make.CLIENT)
    browser = Browser()
    told = browser.post("login", {"userType": 3, "userName": "heronsub", "password": browser.rsa(PASSWORD)})
    assert (code(told), told.json()["datas"]["userInfo"]) == ("1026", {"userId": str(sub.uid), "userName": "heronsub"})
