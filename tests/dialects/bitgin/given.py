"""What stands before each example of bitgin: by a sentence, the customer who asks and the facts that the request names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kyc.models import DocumentKind
from tests import factories_accounts as make
from tests import factories_kyc as kyc
from tests.dialects.bitgin import people
from tests.dialects.bitgin.people import Caller, Person
from tests.factories_messaging import pass_time_for_resend, read_code

Facts = dict[str, str]
GIVEN: dict[str, Callable[[], tuple[Caller, Facts]]] = {}


class Known(Protocol):
    """Who asks."""

    caller: Caller
    phone: str

    @property
    def username(self) -> str: ...
    @property
    def email(self) -> str: ...


def given(sentence: str) -> Callable[[Callable[[], tuple[Known, Facts]]], None]:
    """Register what the sentence stands for."""

    def keep(arrange: Callable[[], tuple[Known, Facts]]) -> None:
        def arranged() -> tuple[Caller, Facts]:
            person, facts = arrange()
            names = {
                "username": person.username,
                "email": person.email,
                "phone": person.phone,
                "password": people.DIGEST,
                "another": people.ANOTHER,
                "number": kyc.id_number(),
            }
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


@given("a customer who forgot the password")
def _forgot() -> tuple[Person, Facts]:
    person = people.activated()
    return person, {"code": people.recovery_code(person)}


def _shown_seed() -> tuple[Person, Facts]:
    person = people.signed_in()
    key = person.caller.get("user/apply_google_device_authenticator").json()["data"]["totpKey"]
    return person, {"key": key, "totp": make.App.of_secret(key).code()}


given("a customer who was shown a seed")(_shown_seed)


@given("a customer who was shown a seed and guessed five times")
def _guessed_seed() -> tuple[Person, Facts]:
    person, facts = _shown_seed()
    for _ in range(5):
        person.caller.post("user/bind_google_device_authenticator", {"totpCode": "000000", "totpKey": facts["key"]})
    return person, facts


def _with_app_inside() -> tuple[Person, Facts]:
    person = people.signed_in()
    app = people.bind(person)
    return person, {"totp": app.code()}


given("a customer with an authenticator, signed in")(_with_app_inside)


@given("a customer with an authenticator who guessed five times")
def _guessed_app() -> tuple[Person, Facts]:
    person, facts = _with_app_inside()
    for _ in range(5):
        person.caller.post("user/unbind_google_device_authenticator", {"totpCode": "000000"})
    return person, facts


@given("a customer whose number is another's")
def _number_taken() -> tuple[Person, Facts]:
    number = people.told_data(people.signed_in())
    return people.signed_in(), {"number": number}


@given("a customer whose data are there, with a code")
def _with_data() -> tuple[Person, Facts]:
    person = people.signed_in()
    people.told_data(person)
    return person, {"code": people.phone_code(person)}


@given("a customer of level 1")
def _level_one() -> tuple[Person, Facts]:
    return people.level_one(), {}


@given("a customer with all images")
def _with_images() -> tuple[Person, Facts]:
    person = people.level_one()
    people.upload_images(person)
    return person, {}


@given("a customer whose level 2 is under review")
def _under_review() -> tuple[Person, Facts]:
    return people.applied_two(), {}


@given("a customer of level 2")
def _level_two() -> tuple[Person, Facts]:
    return people.level_two(), {}


@given("a customer of level 3")
def _level_three() -> tuple[Person, Facts]:
    return people.level_three(), {}


@given("a customer whose images were sent back in part")
def _sent_back() -> tuple[Person, Facts]:
    person = people.applied_two()
    people.send_back(person, DocumentKind.ID_FRONT, DocumentKind.SECOND_ID)
    return person, {}
