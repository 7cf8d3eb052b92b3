"""Parts of the typed data that hang together: whatever is asked again can be finished."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from accounts.services.officers import Act
from kyc import errors
from kyc.models import Case, CaseDecision, CaseState
from kyc.services import applications, corrections, decisions, identity, lowering, overview
from tests import factories_kyc as make
from tests.client import Api
from tests.kyc.test_one_step import submitted as by_one_step
from tests.kyc.test_standing_data import same_as, send_back

pytestmark = pytest.mark.django_db
CHINESE, BORN = "11010519491231002X", date(1949, 12, 31)
PERMIT = {"id_type": "residence_permit", "id_number": make.permit_number()}
THAI = "1101700203450"


def due(user: User) -> list[str]:
    """What the customer is asked for."""
    shown = next(one for one in overview.overview(user=user, language="en").cases if one.level == 2)
    return [part.part for part in shown.refused_parts]


def handed_in_again(user: User) -> None:
    """The application goes to an officer."""
    assert applications.apply(user=user, level=2).state == CaseState.RESUBMITTED


def test_who_is_asked_for_the_nationality_is_asked_for_the_number_too() -> None:
    case = send_back(make.submitted(), nationality="data_differs")
    assert due(case.user) == ["nationality", "id_number"]
    seen = CaseDecision.objects.get(case=case).seen
    assert [line["part"] for line in seen if "part" in line] == ["nationality", "id_number"]
    with pytest.raises(errors.IdNumberUnfit):
        corrections.correct(user=case.user, changes={"nationality": "TH"})
    corrections.correct(user=case.user, changes={"nationality": "TH", "id_number": THAI})
    person = identity.read(case.user)
    assert (person.nationality, person.id_number) == ("TH", THAI)
    handed_in_again(case.user)


def test_a_reason_of_its_own_stays_with_the_number() -> None:
    case = send_back(make.submitted(), nationality="data_differs", id_number="image_unclear")
    assert case.refused_parts == {"nationality": "data_differs", "id_number": "image_unclear"}


def test_the_number_of_a_permit_does_not_hang_on_the_nationality() -> None:
    user = make.level_one(nationality="VN", id_type="residence_permit", id_number=make.permit_number())
    case = send_back(make.submitted(user), nationality="data_differs")
    assert due(user) == ["nationality"]
    corrections.correct(user=user, changes={"nationality": "TH"})
    handed_in_again(case.user)


def test_a_number_that_was_asked_before_with_the_nationality_alone_may_be_given() -> None:
    case = send_back(make.submitted(), nationality="data_differs")
    Case.objects.filter(pk=case.pk).update(refused_parts={"nationality": "data_differs"})
    corrections.correct(user=case.user, changes={"nationality": "TH", "id_number": THAI})
    handed_in_again(case.user)


def test_a_document_corrected_to_a_permit_asks_where_it_was_issued() -> None:
    case = send_back(by_one_step(nationality="VN", id_number="012345678901"), id_number="data_differs")
    permit = {"id_type": "residence_permit", "id_number": make.permit_number()}
    with pytest.raises(errors.IdentityInvalid) as refusal:
        corrections.correct(user=case.user, changes=permit)
    assert refusal.value.name == "residence"
    corrections.correct(user=case.user, changes={**permit, "residence": "TW"})
    person = identity.read(case.user)
    assert (person.id_type, person.residence) == ("residence_permit", "TW")
    handed_in_again(case.user)


@pytest.mark.parametrize(
    ("asked", "changes", "settled"),
    [
        ("id_number", {"residence": "JP"}, ["residence"]),
        ("id_number", {"id_type": "passport", "id_number": "301234567", "residence": "JP"}, ["residence"]),
        ("id_number", {"birthday": date(1991, 1, 1)}, ["birthday"]),
        ("name", {**PERMIT, "residence": "TW"}, ["id_number", "residence"]),
    ],
)
def test_residence_and_birthday_come_only_with_a_number_that_asks_them(
    asked: str, changes: dict[str, Any], settled: list[str]
) -> None:
    case = send_back(make.submitted(), **{asked: "data_differs"})
    before = identity.read(case.user)
    with pytest.raises(errors.PartSettled) as refusal:
        corrections.correct(user=case.user, changes=changes)
    assert (refusal.value.parts, identity.read(case.user)) == (settled, before)


def test_a_number_that_tells_another_birthday_brings_it_along() -> None:
    user = make.level_one(nationality="CN", id_type="passport", id_number="E12345678")
    case = send_back(make.submitted(user), id_number="data_differs")
    card = {"id_type": "national_id", "id_number": CHINESE}
    with pytest.raises(errors.IdentityInvalid) as refusal:
        corrections.correct(user=user, changes=card)
    assert refusal.value.name == "birthday"
    corrections.correct(user=user, changes={**card, "birthday": BORN})
    assert identity.read(user).birthday == BORN
    handed_in_again(case.user)


def test_a_birthday_that_the_number_tells_is_asked_with_the_number() -> None:
    case = send_back(by_one_step(nationality="CN", id_number=CHINESE), birthday="data_differs")
    assert due(case.user) == ["birthday", "id_number"]
    passport = {"id_type": "passport", "id_number": "E12345678", "birthday": date(1950, 1, 1)}
    corrections.correct(user=case.user, changes=passport)
    assert identity.read(case.user).birthday == date(1950, 1, 1)
    handed_in_again(case.user)


def test_one_step_takes_what_hangs_on_the_part_that_was_sent_back() -> None:
    user = make.level_one(nationality="VN", id_number="012345678901")
    case = send_back(by_one_step(user, **same_as(user)), id_number="data_differs")
    typed = same_as(user, id_type="residence_permit", id_number=make.permit_number(), residence="JP")
    again = by_one_step(user, **typed)
    assert (again.pk, again.state, identity.read(user).residence) == (case.pk, CaseState.RESUBMITTED, "JP")


def test_officers_ask_no_name_or_nationality_that_documents_have_proven() -> None:
    user = make.level_two()
    lowering.lower(user=user, to_level=1, act=Act(reason="checked_anew", by="ops"))
    case, officer = make.submitted(user), make.officer()
    with pytest.raises(errors.PartSettled) as refusal:
        make.decide(decisions.send_back, case, officer, parts={"name": "data_differs", "birthday": "data_differs"})
    assert refusal.value.parts == ["name"]
    make.decide(decisions.send_back, case, officer, parts={"birthday": "data_differs"})
    corrections.correct(user=user, changes={"birthday": date(1991, 1, 1)})
    handed_in_again(user)


def test_the_native_face_takes_the_residence(api: Api) -> None:
    case = send_back(by_one_step(nationality="VN", id_number="012345678901"), id_number="data_differs")
    api.token = make.token_of(case.user)
    body = {"id_type": "residence_permit", "id_number": make.permit_number()}
    assert api.post("/api/v1/kyc/corrections", body).json()["slug"] == "kyc.identity_invalid"
    answer = api.post("/api/v1/kyc/corrections", {**body, "residence": "TW"})
    assert (answer.status_code, answer.json()["identity"]["residence"]) == (200, "TW")
