"""What stands before the examples of a forgotten password."""

from __future__ import annotations

from typing import Any

from tests.dialects.bhex import people
from tests.dialects.bhex.given import given
from tests.dialects.bhex.given_security import with_both
from tests.dialects.bhex.people import Browser, Person
from tests.factories_messaging import pass_time_for_resend, read_code

NEW = people.md5("another horse 7 battery")
PASSWORDS = {"password1": NEW, "password2": NEW}


def forgetful(*, with_email: bool = True) -> Person:
    """A customer by phone, with an email too or not, in a browser that nobody signed in to."""
    person = with_both() if with_email else people.signed_up()
    person.browser = Browser()
    return person


def first_fields(person: Person, by: str = "mobile") -> dict[str, str]:
    """What the first step by phone or by email takes."""
    if by == "mobile":
        return {"national_code": "86", "mobile": person.mobile, **people.sms_code(person, 3)}
    return {"email": person.email, **people.email_code(person, 3)}


def begun(person: Person, by: str = "mobile") -> dict[str, Any]:
    """The answer to the first step."""
    answer = person.browser.post(f"/api/user/{by}_find_pwd_check1", first_fields(person, by))
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def second_fields(person: Person, request_id: str, destination: str) -> dict[str, str]:
    """What the second step takes, where it is a code."""
    made = people.order(person.browser, "/api/user/send_verify_code/find_pwd", {"request_id": request_id})
    return {"request_id": request_id, "order_id": made, "verify_code": read_code(destination)}


def proven(person: Person) -> str:
    """The request whose second step was gone."""
    request_id = str(begun(person)["requestId"])
    answer = person.browser.post("/api/user/find_pwd_check2", second_fields(person, request_id, person.email))
    assert answer.json() == {"success": True}, answer.content
    return request_id


@given("a forgotten password, and the code by mobile")
def _by_mobile() -> tuple[Person, dict[str, str]]:
    person = forgetful()
    return person, first_fields(person)


@given("a forgotten password, and the code by email")
def _by_email() -> tuple[Person, dict[str, str]]:
    person = people.signed_up("email")
    fields = {"national_code": "86", "mobile": person.mobile}
    new = people.sms_code(person, 5)
    fields |= {"mobile_order_id": new["order_id"], "mobile_verify_code": new["verify_code"], **people.own_code(person, 5, 2)}
    assert person.browser.post("/api/user/bind_mobile", fields).status_code == 200
    person.browser = Browser()
    return person, first_fields(person, "email")


@given("a forgotten password whose second step is due")
def _second_due() -> tuple[Person, dict[str, str]]:
    person = forgetful()
    request_id = str(begun(person)["requestId"])
    pass_time_for_resend()
    return person, {"request_id": request_id}


@given("a forgotten password, and the second code")
def _second() -> tuple[Person, dict[str, str]]:
    person = forgetful()
    return person, second_fields(person, str(begun(person)["requestId"]), person.email)


@given("a forgotten password whose second step was gone")
def _proven() -> tuple[Person, dict[str, str]]:
    person = forgetful()
    return person, {"request_id": proven(person), "new": NEW}
