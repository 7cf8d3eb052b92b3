"""What a standing level rests on, and what one-step verification may change of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from kyc import errors
from kyc.models import Case, CaseState, Document, Gender
from kyc.models.cases import Programme
from kyc.services import corrections, decisions, entitlements, identity, one_step
from tests import factories_kyc as make
from tests.kyc.test_one_step import BORN, details, image, proof, submitted

pytestmark = pytest.mark.django_db


def same_as(user: User, **changes: Any) -> dict[str, Any]:
    """What stands, as the customer types it again, with these changes."""
    person = identity.read(user)
    assert person is not None
    names = ("nationality", "first_name", "last_name", "gender", "id_type", "id_number")
    return {**{name: getattr(person, name) for name in names}, **changes}


def send_back(case: Case, **parts: str) -> Case:
    """These parts are due anew."""
    make.decide(decisions.send_back, case, parts=parts)
    case.refresh_from_db()
    return case


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"last_name": "Wang"}, ["name"]),
        ({"birthday": date(1991, 1, 1)}, ["birthday"]),
        ({"gender": "male"}, ["gender"]),
        ({"nationality": "JP"}, ["nationality"]),
        ({"residence": "JP"}, ["residence"]),
        ({"id_type": "passport", "id_number": "301234567"}, ["id_number"]),
        ({"first_name": "Li", "birthday": date(1991, 1, 1)}, ["birthday", "name"]),
    ],
)
def test_data_under_a_standing_level_are_not_typed_over(changes: dict[str, Any], parts: list[str]) -> None:
    user = make.level_one()
    before = identity.read(user)
    with pytest.raises(errors.PartSettled) as refusal:
        submitted(user, **same_as(user, **changes))
    assert refusal.value.parts == parts
    assert identity.read(user) == before
    assert not Case.objects.filter(user=user, level=2).exists()
    assert entitlements.level_of(user) == 1


def test_what_a_standing_level_does_not_know_may_be_told_and_another_spelling_changes_nothing() -> None:
    user = make.level_one(gender=Gender.UNSPECIFIED)
    number = identity.read(user).id_number
    typed = same_as(user, gender="male", last_name="LIN", id_number=f"{number[:4]}-{number[4:].lower()}")
    submitted(user, **typed)
    person = identity.read(user)
    assert (person.gender, person.last_name, person.id_number) == ("male", "Lin", number)


def test_a_part_that_was_sent_back_is_typed_anew_and_no_other() -> None:
    user = make.level_one()
    case = send_back(submitted(user, **same_as(user)), name="data_differs")
    with pytest.raises(errors.PartSettled) as refusal:
        submitted(user, **same_as(user, last_name="Wang", gender="male"))
    assert refusal.value.parts == ["gender"]
    again = submitted(user, **same_as(user, last_name="Wang"))
    assert (again.pk, again.state, identity.read(user).last_name) == (case.pk, CaseState.RESUBMITTED, "Wang")


@pytest.mark.parametrize("part", ["expiry", "address", "birthday"])
def test_a_part_that_was_sent_back_and_not_given_stays_due(part: str) -> None:
    case = send_back(submitted(document_expires_on=date(2050, 1, 1)), **{part: "data_differs"})
    with pytest.raises(errors.PartsMissing) as refusal:
        submitted(case.user, **same_as(case.user))
    assert refusal.value.parts == [part]
    case.refresh_from_db()
    assert (case.state, case.refused_parts) == (CaseState.SENT_BACK, {part: "data_differs"})
    assert case.document_expires_on == date(2050, 1, 1)


def test_the_address_is_given_by_a_correction_and_expiry_and_birthday_in_one_step() -> None:
    case = submitted(document_expires_on=date(2050, 1, 1))
    send_back(case, expiry="data_differs", address="data_differs", birthday="data_differs")
    corrections.correct(user=case.user, changes={"address": "8 Zhongshan North Road, Taipei"})
    again = submitted(case.user, **same_as(case.user), birthday=BORN.birthday, document_expires_on=date(2060, 1, 1))
    assert (again.state, again.document_expires_on, again.refused_parts) == (CaseState.RESUBMITTED, date(2060, 1, 1), {})


def test_an_expiry_that_was_not_refused_is_kept_where_it_is_left_out() -> None:
    case = send_back(submitted(document_expires_on=date(2050, 1, 1)), name="data_differs")
    assert submitted(case.user, **same_as(case.user)).document_expires_on == date(2050, 1, 1)


def by_one_step() -> User:
    """Levels 1 and 2, and a new draft."""
    case = submitted()
    make.decide(decisions.approve, case, read=BORN)
    make.upload_all(case.user, "id_front", "selfie")
    return case.user


def again(user: User, **changes: Any) -> Case:
    """One step with the documents of the draft."""
    typed = details(**same_as(user, **changes))
    return one_step.submit(user=user, details=typed, proof=proof(user))


def test_a_standing_level_is_renewed_in_one_step_from_an_open_draft() -> None:
    user = by_one_step()
    case = again(user, document_expires_on=date(2060, 1, 1))
    assert (case.state, case.programme, entitlements.level_of(user)) == (CaseState.SUBMITTED, Programme.ONE_STEP, 2)
    with pytest.raises(errors.UnderReview):
        again(user)
    make.decide(decisions.approve, case)
    assert entitlements.level_of(user) == 2
    with pytest.raises(errors.AlreadyApproved):
        again(user)


@pytest.mark.parametrize(("changes", "refusal"), [
    ({"last_name": "Wang"}, errors.IdentityDiffers),
    ({"id_number": make.taiwanese("A10000001")}, errors.PartSettled),
])  # fmt: skip
def test_a_renewal_with_other_data_is_refused_whole(changes: dict[str, Any], refusal: type[Exception]) -> None:
    user = by_one_step()
    before, case = identity.read(user), Case.objects.get(user=user, state=CaseState.DRAFT)
    front, typed = image(user), details(**same_as(user, **changes))
    with pytest.raises(refusal):
        one_step.submit(user=user, details=typed, front=front, proof=proof(user))
    case.refresh_from_db()
    assert (identity.read(user), case.state, case.programme) == (before, CaseState.DRAFT, Programme.STANDARD)
    assert Document.objects.filter(case=case).exclude(state="uploaded").count() == 0


def test_a_renewal_that_was_sent_back_is_handed_in_again_in_one_step() -> None:
    user = by_one_step()
    case = send_back(again(user, document_expires_on=date(2050, 1, 1)), expiry="data_differs")
    with pytest.raises(errors.PartsMissing):
        again(user)
    assert again(user, document_expires_on=date(2060, 1, 1)).pk == case.pk
    assert entitlements.level_of(user) == 2
