"""What stands before bhex's examples about identities."""

from __future__ import annotations

from kyc.models import Document
from kyc.services import decisions
from tests import factories_kyc
from tests.dialects.bhex import identities, people
from tests.dialects.bhex.given import Facts, given
from tests.dialects.bhex.people import Person


@given("two images and a code to verify an identity")
def _to_verify() -> tuple[Person, Facts]:
    person = people.signed_up()
    typed = identities.typed(person)
    shown = {name: typed[name] for name in ("card_front_url", "card_hand_url", "card_no")}
    return person, {**shown, **people.own_code(person, 10)}


@given("an identity that was sent back")
def _sent_back() -> tuple[Person, Facts]:
    person = people.signed_up()
    identities.verify(person, first_name="张", second_name="三", gender="1")
    case = identities.case_of(person)
    front = Document.objects.get(case=case, kind="id_front")
    factories_kyc.decide(decisions.send_back, case, refused={front.public_id: "image_unclear"})
    return person, {}


@given("nothing handed in")
def _nothing() -> tuple[Person, Facts]:
    return people.signed_up(), {}
