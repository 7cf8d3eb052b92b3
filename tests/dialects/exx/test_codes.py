"""How many of exx's codes are sent and guessed, where they go, and what is told of them."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from config.dialects.exx import texts
from messaging.models import Code
from tests import factories_accounts as make
from tests.dialects.exx import people
from tests.dialects.exx.people import SEND, Browser, code, filled
from tests.factories_messaging import pass_time_for_resend, read_code, unsent_messages

pytestmark = pytest.mark.django_db


def test_codes_are_paused_for_a_minute_and_limited_by_the_day(settings: Any) -> None:
    settings.MESSAGING_SEND_INTERVAL_SECONDS = 60
    browser = Browser()
    fields = filled(browser, SEND)
    assert code(browser.post("sendCode", fields)) == "1000"
    soon = browser.post("sendCode", fields)
    assert (code(soon), soon.json()["resMsg"]["message"]) == ("4002", texts.TEXTS[4002][0])
    assert 0 < int(soon.headers["Retry-After"]) <= 60


def _wide(settings: Any) -> None:
    settings.MESSAGING_SEND_INTERVAL_SECONDS = 0
    settings.MESSAGING_SENDS_PER_HOUR = settings.MESSAGING_SENDS_PER_DAY = 1_000
    settings.MESSAGING_SENDS_PER_NETWORK_PER_HOUR = 1_000


def test_one_address_gets_sixteen_codes_a_day_whatever_they_are_for(settings: Any) -> None:
    _wide(settings)
    browser = Browser(lang="zh-CN")
    for number in range(16):
        fields = {"type": 1 + number % 3, "email": browser.rsa(f"n{number}@example.com")}
        assert code(browser.post("sendCode", fields)) == "1000"
    over = browser.post("sendCode", filled(browser, SEND))
    assert (code(over), over.json()["resMsg"]["message"]) == ("4002", "您今天发送的验证码已超过限制。")
    browser.ip = "127.0.0.2"
    assert code(browser.post("sendCode", filled(browser, SEND))) == "1000"


def test_one_receiver_gets_twenty_codes_of_a_type_a_day(settings: Any) -> None:
    _wide(settings)
    browser = Browser()
    fields = filled(browser, SEND)
    for number in range(20):
        browser.ip = f"127.0.0.{2 + number % 4}"
        assert code(browser.post("sendCode", fields)) == "1000"
    over = browser.post("sendCode", fields)
    assert (code(over), over.json()["resMsg"]["message"]) == ("4002", texts.TODAY[0])
    assert code(browser.post("sendCode", {**fields, "type": 2})) == "1000"


def test_three_wrong_codes_lock_the_receivers_codes_for_a_day_here() -> None:
    person = people.somebody()
    fields = people.register_fields(person)
    for left in (2, 1, 0):
        wrong = person.browser.post("register", {**fields, "dynamicCode": person.browser.rsa("000000")})
        assert code(wrong) == "1001", left
        fields["verificationCode"] = person.browser.picture()
    locked = person.browser.post("register", fields)
    assert code(locked) == "4003"
    assert int(locked.headers["Retry-After"]) > 23 * 3_600
    assert not User.objects.exists()


def test_a_code_lives_ten_minutes_takes_three_tries_and_is_not_what_the_answer_names() -> None:
    person = people.somebody()
    answer = people.ask_code(person)
    row = Code.objects.get()
    assert (row.attempts_left, (row.expires_at - row.sent_at).total_seconds()) == (3, 600)
    sent = read_code(person.phone)
    assert sent not in answer.content.decode()
    told = answer.json()["datas"]
    assert (told["type"], told["countdown"], person.mobile in told["receiver"]) == (1, "60", False)
    assert code(people.ask_code(person)) == "1000"
    assert people.ask_code(person).json()["datas"]["dynamicCode"] != told["dynamicCode"]


@pytest.mark.parametrize(("kind", "strict", "known", "number"), [
    (1, False, True, "1000"), (2, False, False, "1000"), (3, False, False, "1000"),
    (1, True, True, "3005"), (1, True, False, "1000"), (2, True, False, "3004"), (3, True, False, "3004"),
    (2, True, True, "1000"), (3, True, True, "1000"),
])  # fmt: skip
def test_only_where_it_is_wanted_a_receiver_is_told_to_be_taken_or_unknown(
    settings: Any, kind: int, strict: bool, known: bool, number: str
) -> None:
    settings.STRICT_CODES = strict
    person = people.somebody()
    if known:
        make.customer(phone=person.phone)
    before = unsent_messages(person.phone)[:1]
    assert code(people.ask_code(person, kind=kind)) == number
    assert (unsent_messages(person.phone)[:1] != before) == (number == "1000")


def test_the_handle_of_a_recovery_is_the_token_with_which_our_own_interface_goes_on(api: Any) -> None:
    person = people.with_safe_password()
    people.elsewhere(person)
    handle = people.ask_code(person, kind=2).json()["datas"]["dynamicCode"]
    fields = {"token": handle, "phone": person.phone, "code": read_code(person.phone)}
    answer = api.post("/api/v1/password-recoveries/code", fields)
    assert answer.status_code == 200, answer.content


def test_a_waiting_log_in_asks_for_codes_to_the_own_address_only() -> None:
    person = people.with_safe_password()
    User.objects.update(checks_other_places=True)
    people.elsewhere(person, ip="127.0.9.9")
    assert code(person.login()) == "1017"
    pass_time_for_resend()
    fields = {"type": 3, "countryCode": "86", "mobileNumber": person.browser.rsa("18912345678")}
    assert code(person.browser.post("sendCode", fields)) == "3005"
    assert not unsent_messages("+8618912345678")
