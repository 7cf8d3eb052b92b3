"""What stands before the examples of bindings."""

from __future__ import annotations

from tests.dialects.bhex import people
from tests.dialects.bhex.given import given
from tests.dialects.bhex.people import Browser, Person
from tests.factories_accounts import App


def seed(person: Person) -> App:
    """The authenticator that was shown to the browser."""
    answer = person.browser.post("/api/user/before_bind_ga")
    assert answer.status_code == 200, answer.content
    return App.of_secret(answer.json()["secretKey"])


def with_authenticator(by: str = "mobile") -> tuple[Person, App]:
    """A customer with an authenticator, signed in."""
    person = people.signed_up(by)
    app = seed(person)
    fields = {"ga_code": app.code(), **people.own_code(person, 7, 1 if by == "mobile" else 2)}
    answer = person.browser.post("/api/user/bind_ga", fields)
    assert answer.json() == {"success": True}, answer.content
    return person, app


def mobile_fields(person: Person) -> dict[str, str]:
    """What binds a phone to a customer by email."""
    new = people.sms_code(person, 5)
    named = {"mobile_order_id": new["order_id"], "mobile_verify_code": new["verify_code"]}
    return {"national_code": "86", "mobile": person.mobile, **named, **people.own_code(person, 5, 2)}


def email_fields(person: Person) -> dict[str, str]:
    """What binds an email to a customer by phone."""
    new = people.email_code(person, 6)
    named = {"email_order_id": new["order_id"], "email_verify_code": new["verify_code"]}
    return {"email": person.email, **named, **people.own_code(person, 6, 1)}


def with_both() -> Person:
    """A customer by phone with an email, signed in."""
    person = people.signed_up()
    answer = person.browser.post("/api/user/bind_email", email_fields(person))
    assert answer.status_code == 200, answer.content
    return person


@given("a seed of an authenticator, and the code for it")
def _seed() -> tuple[Person, dict[str, str]]:
    person = people.signed_up()
    return person, {"ga_code": seed(person).code(), **people.own_code(person, 7)}


@given("a customer by email, with the codes for a phone")
def _mobile() -> tuple[Person, dict[str, str]]:
    person = people.signed_up("email")
    return person, mobile_fields(person)


@given("a customer by mobile, with the codes for an email")
def _email() -> tuple[Person, dict[str, str]]:
    person = people.signed_up()
    return person, email_fields(person)


@given("a customer by email with an authenticator, signed out")
def _authenticator_by_email() -> tuple[Person, dict[str, str]]:
    person, _ = with_authenticator("email")
    person.browser = Browser()
    return person, {}
