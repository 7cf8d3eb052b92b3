"""What stands before the examples of passwords."""

from __future__ import annotations

from accounts.models import PasswordForm
from tests.dialects.bhex import people
from tests.dialects.bhex.given import given
from tests.dialects.bhex.given_recovery import NEW
from tests.dialects.bhex.people import DIGEST, Person
from tests.factories_messaging import pass_time_for_resend, read_code

TRADE = "518273"


def without_password() -> Person:
    """A customer as a code opens accounts: signed in, and without a password."""
    person = people.signed_up()
    PasswordForm.objects.filter(user__phone=person.phone).delete()
    return person


def first_fields(person: Person) -> dict[str, str]:
    """What sets the first password."""
    made = people.order(person.browser, "/api/user/send_verify_code/set_password", {})
    return {"password1": NEW, "password2": NEW, "order_id": made, "verify_code": read_code(person.phone)}


def trade_fields(person: Person, kind: int = 15, word: str = TRADE) -> dict[str, str]:
    """What sets (15) or changes (16) the trade password."""
    return {"trade_pwd": word, "trade_pwd2": word, **people.own_code(person, kind)}


@given("a customer by mobile with a new password in mind")
def _change() -> tuple[Person, dict[str, str]]:
    return people.signed_up(), {"old": DIGEST, "new": NEW}


@given("a customer without a password, signed in")
def _without() -> tuple[Person, dict[str, str]]:
    person = without_password()
    pass_time_for_resend()
    return person, {}


@given("a customer without a password, and the code for one")
def _first() -> tuple[Person, dict[str, str]]:
    person = without_password()
    return person, first_fields(person)


@given("a customer by mobile, and the code for a trade password")
def _trade() -> tuple[Person, dict[str, str]]:
    person = people.signed_up()
    return person, trade_fields(person)


@given("a customer by mobile, and the code for a phrase")
def _phrase() -> tuple[Person, dict[str, str]]:
    person = people.signed_up()
    return person, people.own_code(person, 24)
