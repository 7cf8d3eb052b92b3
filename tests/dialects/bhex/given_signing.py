"""What stands before the examples of signing in and of the own account."""

from __future__ import annotations

from accounts.models import Label, User
from accounts.services import labels
from tests.dialects.bhex import people
from tests.dialects.bhex.given import Facts, given
from tests.dialects.bhex.people import Person
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
