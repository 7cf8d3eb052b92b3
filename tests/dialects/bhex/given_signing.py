"""What stands before the examples of signing in and of the own account."""

from __future__ import annotations

from typing import Any

from accounts.models import Label, User
from accounts.services import labels
from tests.dialects.bhex import people
from tests.dialects.bhex.given import Facts, given
from tests.dialects.bhex.people import Browser, Person
from tests.factories_around import act


@given("a customer with a label, signed in")
def _labelled() -> tuple[Person, Facts]:
    person = people.signed_up()
    label = Label(key="vip", color="#ff695e", text_en="VIP", text_zh_cn="贵宾", text_zh_tw="貴賓")
    by = act("compliance")
    labels.put_on(customer=User.objects.get(phone=person.phone), key=labels.save(label=label, act=by).key, act=by)
    return person, {}


@given("a customer with a favourite")
def _favourite() -> tuple[Person, Facts]:
    person = people.signed_up()
    answer = person.browser.post("/api/user/favorite/create", {"exchange_id": "301", "symbol_id": "BTCUSDT"})
    assert answer.json() == {"success": True}
    return person, {}


@given("a code to register quickly")
def _register_quickly() -> tuple[Person, Facts]:
    person = people.somebody()
    return person, people.sms_code(person, 21)


@given("a customer without a password, and a code to log in")
def _without_password() -> tuple[Person, Facts]:
    person = quickly_signed_up()
    person.browser = Browser()
    return person, people.sms_code(person, 22)


@given("a customer with a password, and a code to log in")
def _with_password() -> tuple[Person, Facts]:
    person = people.signed_up()
    person.browser = Browser()
    return person, people.sms_code(person, 22)


@given("a log-in by code that waits for the password")
def _waits_for_password() -> tuple[Person, Facts]:
    person = people.signed_up()
    return person, {"request_id": waiting_for_password(person)["requestId"]}


def quickly_signed_up() -> Person:
    """A new customer without a password, signed in."""
    person = people.somebody()
    fields = {"register_type": "mobile", "national_code": "86", "mobile": person.mobile, **people.sms_code(person, 21)}
    answer = person.browser.post("/api/user/quick_sign_up", fields)
    assert answer.status_code == 200, answer.content
    return person


def by_code(person: Person) -> dict[str, str]:
    """What a log-in by a code sent to the phone takes."""
    return {"login_type": "mobile", "national_code": "86", "mobile": person.mobile, **people.sms_code(person, 22)}


def waiting_for_password(person: Person) -> dict[str, Any]:
    """The answer to a log-in by code in a new browser."""
    person.browser = Browser()
    answer = person.browser.post("/api/user/quick_authorize", by_code(person))
    assert answer.status_code == 200, answer.content
    return dict(answer.json())
