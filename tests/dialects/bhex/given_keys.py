"""What stands before bhex's examples about API keys and futures."""

from __future__ import annotations

from accounts.models import User
from config.kit.clock import now
from tests import levels
from tests.dialects.bhex import people
from tests.dialects.bhex.given import Facts, given
from tests.dialects.bhex.people import Person


@given("a code to make a key")
def _code_for_key() -> tuple[Person, Facts]:
    person = people.signed_up()
    return person, people.own_code(person, 11)


def with_key(kind: int) -> tuple[Person, Facts]:
    """A customer with one key that is bound to addresses, and a code of the kind."""
    person = people.signed_up()
    fields = {"tag": "ApiKey For Test", "auth_type": 1, **people.own_code(person, 11)}
    number = person.browser.post("/api/user/api_key/create", fields).json()["id"]
    bound = {"id": number, "ip_white_list": "192.0.2.1,1.1.1.1", "auth_type": 1, **people.own_code(person, 12)}
    assert person.browser.post("/api/user/api_key/update_ips", bound).status_code == 200
    return person, {"id": number, **people.own_code(person, kind)}


@given("a key, and a code to change it")
def _change() -> tuple[Person, Facts]:
    return with_key(12)


@given("a key, and a code to delete it")
def _delete() -> tuple[Person, Facts]:
    return with_key(13)


@given("a customer who may trade, signed in")
def _trader() -> tuple[Person, Facts]:
    person = people.signed_up()
    levels.give(User.objects.get(phone=person.phone), 2, at=now())
    return person, {}
