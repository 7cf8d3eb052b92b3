"""What stands before each example of bitgin: by a sentence, the customer who asks and the facts that the request names."""

from __future__ import annotations

from collections.abc import Callable

from tests.dialects.bitgin import people
from tests.dialects.bitgin.people import Caller, Person
from tests.factories_messaging import pass_time_for_resend, read_code

Facts = dict[str, str]
GIVEN: dict[str, Callable[[], tuple[Caller, Facts]]] = {}


def given(sentence: str) -> Callable[[Callable[[], tuple[Person, Facts]]], None]:
    """Register what the sentence stands for."""

    def keep(arrange: Callable[[], tuple[Person, Facts]]) -> None:
        def arranged() -> tuple[Caller, Facts]:
            person, facts = arrange()
            names = {"username": person.username, "email": person.email, "phone": person.phone, "password": people.DIGEST}
            return person.caller, {**names, **facts}

        assert sentence not in GIVEN, sentence
        GIVEN[sentence] = arranged

    return keep


@given("nobody")
def _nobody() -> tuple[Person, Facts]:
    return people.somebody(), {}


@given("a captcha")
def _captcha() -> tuple[Person, Facts]:
    person = people.somebody()
    return person, person.caller.captcha()


@given("a customer, and a captcha")
def _customer_and_captcha() -> tuple[Person, Facts]:
    person = people.activated()
    return person, person.caller.captcha()


@given("a customer who waits for the mailed code")
def _registered() -> tuple[Person, Facts]:
    person = people.registered()
    code = read_code(person.email)
    pass_time_for_resend()
    return person, {"code": code}


@given("a customer, signed out")
def _signed_out() -> tuple[Person, Facts]:
    return people.activated(), {}


@given("a customer who failed three times")
def _failed() -> tuple[Person, Facts]:
    person = people.activated()
    for _ in range(3):
        person.log_in(password="0" * 64)
    return person, {}


@given("a customer, signed in")
def _signed_in() -> tuple[Person, Facts]:
    return people.signed_in(), {}


@given("a customer whose token is over")
def _signed_out_again() -> tuple[Person, Facts]:
    person = people.signed_in()
    person.caller.post("logout")
    return person, {}


@given("a customer with an authenticator, signed out")
def _with_app() -> tuple[Person, Facts]:
    person = people.activated()
    people.bind_totp(person)
    return person, {}


@given("a log-in that waits for the authenticator")
def _waiting() -> tuple[Person, Facts]:
    person = people.activated()
    app = people.bind_totp(person)
    person.log_in()
    return person, {"totp": app.code()}
