"""Signing up and in on bitgin, and all that must not open the door."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django_otp.oath import hotp

from accounts.api.bitgin.authentication import FORM
from accounts.models import AttemptCounter, Session, User
from messaging.models import Message
from tests import factories_accounts as make
from tests.client import Api
from tests.dialects.bitgin import people
from tests.dialects.bitgin.people import DIGEST, PASSWORD, Caller, refused, sha256
from tests.factories_messaging import pass_time_for_resend, read_code, read_message, unsent_messages

pytestmark = pytest.mark.django_db(transaction=True)
WRONG = "0" * 64


@pytest.fixture(autouse=True)
def no_rates() -> None:
    cache.clear()


def is_login(caller: Caller) -> bool:
    return bool(caller.get("login_status").json()["data"]["isLogin"])


def test_who_signs_up_activates_logs_in_and_logs_out_and_signs_in_natively_once_the_text_is_known() -> None:
    person = people.somebody()
    person.caller.prefix = "/bitgin/v1"
    assert person.register(lang="en").json()["data"] is None
    assert (person.user.language, person.user.status) == ("en", "not_activated")
    low = person.log_in()
    assert (low.json()["data"]["userStatus"], is_login(person.caller)) == (4, True)
    assert FORM.fullmatch(person.caller.token)
    assert person.verify().status_code == 200
    assert person.caller.get("user").json()["data"]["userStatus"] == 1
    assert {session.level for session in Session.objects.filter(user=person.user)} == {"full"}
    first = person.caller.token
    person.log_in(loginName=person.email)
    assert person.caller.token != first
    assert person.caller.post("logout").json()["msg"] == "Logout"
    refused(person.caller.post("logout"), 401, 10002)
    assert not is_login(person.caller)
    assert person.caller.get("user").json()["data"] is None
    assert is_login(Caller(first))
    text = Api().post("/api/v1/sessions", {"login": person.email, "password": PASSWORD})
    assert text.status_code == 201, text.content  # the text proves the digest that is stored, and adds its own form


def test_a_native_customer_logs_in_by_the_digest_of_the_text_and_a_native_token_is_none_here() -> None:
    user = make.customer(username="native1")
    caller = Caller()
    told = caller.post("login", {"loginName": "native1", "password": sha256(make.PASSWORD)})
    assert told.json()["data"] == {
        "email": user.email, "username": "native1", "userStatus": 1, "is2FA": False, "isKyc": False,
    }  # fmt: skip
    caller.token = told.headers["token"]
    assert caller.get("user").json()["data"]["username"] == "native1"
    assert Api().get("/api/v1/sessions", token=caller.token).status_code == 401
    assert not is_login(Caller(make.token_of(user)))


def test_the_token_is_in_header_and_cookie_and_a_header_says_more_than_a_cookie() -> None:
    person, other = people.activated(), people.signed_in()
    browser = Caller(keeps_cookies=True)
    told = browser.post("login", {"loginName": person.username, "password": DIGEST})
    cookie = told.cookies["token"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == (told.headers["token"], True, "Lax")
    assert told.headers["token"] not in told.content.decode()
    assert browser.get("user").json()["data"]["username"] == person.username
    browser.token = other.caller.token
    assert browser.get("user").json()["data"]["username"] == other.username
    browser.token = ""
    assert browser.post("logout").cookies["token"]["max-age"] == 0
    assert not is_login(browser)


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [({}, True), ({"Sec_Fetch_Site": "same-origin"}, True), ({"Sec_Fetch_Site": "cross-site"}, False),
     ({"Origin": "https://evil.example"}, False)],
)  # fmt: skip
def test_a_page_of_another_site_moves_nothing_with_the_customers_cookie(headers: dict[str, str], allowed: bool) -> None:
    person = people.activated()
    browser = Caller(keeps_cookies=True)
    browser.post("login", {"loginName": person.username, "password": DIGEST})
    answer = browser.post("logout", **headers)
    assert answer.status_code == (200 if allowed else 403)


@pytest.mark.parametrize("known", [True, False])
def test_failures_are_counted_alike_for_known_and_unknown_names_and_a_captcha_is_due_after_three(known: bool) -> None:
    person = people.activated() if known else people.somebody()
    for count in (1, 2, 3):
        refused(person.log_in(password=WRONG), 400, 10006, {"wrongTime": count})
    refused(person.log_in(password=WRONG), 400, 10083, {"wrongTime": 3})
    refused(person.log_in(password=WRONG, captchaId="x", captchaNumber="y"), 400, 10083, {"wrongTime": 3})
    refused(person.log_in(password=WRONG, **person.caller.captcha()), 400, 10006, {"wrongTime": 4})
    spent = person.caller.captcha()
    answer = person.log_in(**spent)
    assert answer.json()["code"] == (1 if known else 10006)
    if known:
        person.log_in(password=WRONG)
        assert AttemptCounter.objects.get(scope="name").failures == 1


def test_a_captcha_is_due_from_a_known_device_too() -> None:
    person = people.activated()
    browser = Caller(keeps_cookies=True)
    said = {"loginName": person.username, "password": DIGEST}
    assert browser.post("login", said).cookies["d_token"].value
    for count in (1, 2, 3):
        refused(browser.post("login", {**said, "password": WRONG}), 400, 10006, {"wrongTime": count})
    refused(browser.post("login", said), 400, 10083, {"wrongTime": 3})


def test_with_an_authenticator_the_first_token_opens_the_second_step_alone() -> None:
    person = people.activated()
    app = people.bind_totp(person)
    assert person.log_in().json()["data"]["is2FA"] is True
    waiting = person.caller.token
    assert not is_login(person.caller)
    assert person.caller.get("user").json()["data"] is None
    for _ in range(5):
        refused(person.caller.post("user/check/2FA", {"totpCode": "000000"}), 400, 10070)
    locked = person.caller.post("user/check/2FA", {"totpCode": "000000"})
    refused(locked, 400, 10026)
    assert int(locked.headers["Retry-After"]) > 0
    AttemptCounter.objects.all().delete()
    answer = person.caller.post("user/check/2FA", {"totpCode": app.code()})
    told = answer.json()["data"]
    assert told["token"] == answer.headers["token"] == answer.cookies["token"].value
    assert told["token"].endswith(f"_{told['tokenUuid']}")
    assert not is_login(Caller(waiting))
    assert is_login(Caller(told["token"]))
    refused(Caller(waiting).post("user/check/2FA", {"totpCode": "000000"}), 401, 10002)


def test_a_code_of_digits_may_come_as_a_number_that_lost_its_leading_zeros() -> None:
    person = people.activated()
    app = people.bind_totp(person)
    step = next(step for step in itertools.count(app.last_step + 10) if hotp(app.seed, step, 6) < 100_000)
    with time_machine.travel(datetime.fromtimestamp(step * 30 + 1, tz=UTC)):
        person.log_in()
        assert person.caller.post("user/check/2FA", {"totpCode": hotp(app.seed, step, 6)}).status_code == 200


def test_where_a_code_is_sent_at_log_in_check_2fa_takes_it() -> None:
    person = people.activated()
    User.objects.filter(pk=person.user.pk).update(second_factor_channel="email")
    assert person.log_in().json()["data"]["is2FA"] is True
    refused(person.caller.post("user/check/2FA", {"totpCode": "000000"}), 400, 10070)
    assert person.caller.post("user/check/2FA", {"totpCode": read_code(person.email)}).status_code == 200
    assert is_login(person.caller) is False  # the answer's token is the new one


@pytest.mark.parametrize("name", ["taken email", "taken name"])
def test_who_registers_what_is_taken_is_told_the_same_and_the_owner_gets_a_mail(name: str) -> None:
    owner, person = people.activated(), people.somebody()
    before = Message.objects.count()
    taken = {"email": owner.email} if name == "taken email" else {"username": owner.username}
    assert person.register(**taken).json()["code"] == 1
    assert Message.objects.count() == before + 1
    if name == "taken email":
        assert read_message(owner.email).code == ""
        refused(person.verify(loginName=owner.email, code="123456"), 400, 10022)
        assert not User.objects.filter(username=person.username).exists()
    else:
        assert person.verify(loginName=person.email).status_code == 200
        assert (person.user.username, User.objects.get(username=owner.username).email) == (None, owner.email)


def test_a_mailed_code_opens_its_own_account_once_and_guesses_run_out() -> None:
    person, other = people.registered(), people.registered()
    code = read_code(person.email)
    refused(person.verify(loginName=other.username, code=code), 400, 10022)
    assert person.verify(code=code).status_code == 200
    refused(person.verify(code=code), 400, 10022)
    for _ in range(3):
        refused(other.verify(code="000000"), 400, 10022)
    refused(other.verify(), 400, 10022)
    pass_time_for_resend()
    assert other.caller.post("apply_verification_code", {"loginName": other.email}).status_code == 200
    assert other.verify().status_code == 200


def test_who_tries_codes_of_many_names_is_stopped_at_the_address() -> None:
    caller = Caller()
    told = [caller.post("verify", {"loginName": f"nobody{n}", "code": "123456"}) for n in range(51)]
    assert {answer.json()["code"] for answer in told[:50]} == {10022}
    refused(told[50], 429, 303)


@pytest.mark.parametrize("name", ["email", "username"])
def test_codes_by_name_are_answered_and_counted_alike_whether_the_name_is_known_or_not(name: str) -> None:
    known, unknown = people.activated(), people.somebody()
    for person in (known, unknown):
        login = getattr(person, name)
        shown = {"email": login if name == "email" else "***"}
        assert person.caller.post("apply_verification_code", {"loginName": login}).json()["data"] == shown
        again = person.caller.post("apply_verification_code", {"loginName": login})
        refused(again, 429, 10063)
        assert int(again.headers["Retry-After"]) > 0
    assert len(read_code(known.email)) == 8
    assert [message.template for message in unsent_messages(unknown.email)] == ["no_account"] * (name == "email")
    assert Message.objects.filter(template="no_account", sealed__isnull=False).count() == (name == "email")


def test_a_phone_gets_a_code_only_where_it_is_the_accounts_own_or_its_owner_is_signed_in() -> None:
    person, other = people.activated(), people.signed_in()
    said = {"loginName": person.username, "mobilePhone": person.phone}
    for caller in (person.caller, other.caller):
        pass_time_for_resend()
        assert caller.post("apply_verification_code", said).json()["data"] == {"mobilePhone": person.phone}
    assert unsent_messages(person.phone) == []
    pass_time_for_resend()
    person.log_in()
    assert person.caller.post("apply_verification_code", said).json()["data"] == {"mobilePhone": person.phone}
    assert len(read_code(person.phone)) == 6
    refused(person.caller.post("apply_verification_code", said), 429, 10018)
    refused(person.caller.post("apply_verification_code", {**said, "mobilePhone": "123"}), 400, 10017)


REGISTER = {"username": "someone", "email": "someone@example.com", "password": DIGEST, "captchaId": "x", "captchaNumber": "y"}
LOGIN = {"loginName": "someone", "password": DIGEST}
VERIFY = {"loginName": "someone", "code": "123456"}


@pytest.mark.parametrize(
    ("path", "whole", "name", "values"),
    [("register", REGISTER, "username", (None, "", 5, "x" * 33, "9a", "имя", ["a"])),
     ("register", REGISTER, "email", (None, "", 5, "nobody", "x" * 250 + "@example.com")),
     ("register", REGISTER, "password", (None, "", 5, "a", "g" * 64, "0" * 65, "0" * 1025)),
     ("register", REGISTER, "captchaId", (None, "", 5, "x" * 65)),
     ("register", REGISTER, "captchaNumber", (None, "", 5, "x" * 33)),
     ("register", REGISTER, "lang", (5, "x" * 17)),
     ("login", LOGIN, "loginName", (5, "x" * 255, ["a"])),
     ("login", LOGIN, "password", (None, "", 5, "0" * 1025)),
     ("login", LOGIN, "captchaId", (5, "x" * 65)),
     ("verify", VERIFY, "loginName", (None, "", 5, "x" * 255)),
     ("verify", VERIFY, "code", (None, "", "1" * 33, ["a"], True)),
     ("apply_verification_code", {"loginName": "someone"}, "loginName", (None, "", 5, "x" * 255)),
     ("apply_verification_code", {"loginName": "someone"}, "mobilePhone", (5, "x" * 25))],
)  # fmt: skip
def test_a_parameter_that_is_missing_or_no_good_is_named(
    path: str, whole: dict[str, Any], name: str, values: tuple[Any, ...]
) -> None:
    caller = Caller()
    missing = {field: value for field, value in whole.items() if field != name}
    told = [caller.post(path, {**missing, name: value}) for value in values]
    if None in values:
        told.append(caller.post(path, missing))
    for value, answer in zip([*values, None], told, strict=False):
        refused(answer, 400, -2)
        if value in (None, ""):
            assert answer.json()["msg"] == f"[empty {name}]"
    assert not Session.objects.exists()
    assert not Message.objects.exists()
