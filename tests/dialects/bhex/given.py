"""What stands before each example of bhex: by a sentence, the browser that asks and the facts that the request names."""

from __future__ import annotations

from collections.abc import Callable

from tests.dialects.bhex import people
from tests.dialects.bhex.people import Browser, Person
from tests.factories_messaging import pass_time_for_resend

Facts = dict[str, str]
GIVEN: dict[str, Callable[[], tuple[Browser, Facts]]] = {}


def given(sentence: str) -> Callable[[Callable[[], tuple[Person, Facts]]], None]:
    """Register what the sentence stands for."""

    def keep(arrange: Callable[[], tuple[Person, Facts]]) -> None:
        def arranged() -> tuple[Browser, Facts]:
            person, facts = arrange()
            names = {"mobile": person.mobile, "email": person.email, "password": people.DIGEST}
            return person.browser, {**names, **facts}

        assert sentence not in GIVEN, sentence
        GIVEN[sentence] = arranged

    return keep


@given("nobody")
def _nobody() -> tuple[Person, Facts]:
    return people.somebody(), {}


@given("a code to register a mobile")
def _register_mobile() -> tuple[Person, Facts]:
    person = people.somebody()
    return person, people.sms_code(person, 1)


@given("a code to register an email")
def _register_email() -> tuple[Person, Facts]:
    person = people.somebody()
    return person, people.email_code(person, 1)


@given("a customer by mobile, signed in")
def _signed_in_mobile() -> tuple[Person, Facts]:
    person = people.signed_up()
    pass_time_for_resend()
    return person, {}


@given("a customer by email, signed in")
def _signed_in_email() -> tuple[Person, Facts]:
    person = people.signed_up("email")
    pass_time_for_resend()
    return person, {}


@given("a customer by mobile, signed out")
def _signed_out_mobile() -> tuple[Person, Facts]:
    person = people.signed_up()
    person.browser = Browser()
    return person, {}


@given("a log-in that waits")
def _waiting() -> tuple[Person, Facts]:
    person = people.signed_up()
    request_id = people.waiting(person)["requestId"]
    pass_time_for_resend()
    return person, {"request_id": request_id}


@given("a log-in that waits, and its code")
def _waiting_with_code() -> tuple[Person, Facts]:
    person = people.signed_up()
    request_id = people.waiting(person)["requestId"]
    return person, {name: str(value) for name, value in people.login_code(person, request_id).items()}


@given("a log-in by email that waits")
def _waiting_by_email() -> tuple[Person, Facts]:
    person = people.signed_up("email")
    person.browser = Browser()
    told = person.browser.post("/api/user/email_authorize", {"email": person.email, "password": people.DIGEST}).json()
    pass_time_for_resend()
    return person, {"request_id": told["requestId"]}
