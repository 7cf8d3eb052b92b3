"""A number that was taken away lies under no application until the customer has given the data anew."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.services.officers import Act
from config.kit.clock import now
from kyc import errors
from kyc.models import Case, CaseState, Document, Identity
from kyc.services import applications, contested, corrections, decisions, documents, entitlements, identity, one_step
from tests import factories_kyc as make
from tests.client import Api
from tests.kyc import pictures
from tests.kyc.test_one_step import BORN, details, image, proof, submitted
from tests.kyc.test_races import together

pytestmark = pytest.mark.django_db


def sent_back(number: str, **parts: str) -> Case:
    """A one-step case whose selfie is due anew and has come."""
    case = submitted(id_number=number)
    selfie = Document.objects.get(case=case, kind="selfie")
    make.decide(decisions.send_back, case, refused={selfie.public_id: "image_unclear"}, parts=parts)
    documents.upload(user=case.user, kind="selfie", content=pictures.jpeg())
    return case


def released(**parts: str) -> tuple[Case, str]:
    """The same, after the number was taken away."""
    number = make.id_number()
    case = sent_back(number, **parts)
    contested.release(holder=case.user, act=Act(reason="the owner showed the card", by="ops"))
    return case, number


def test_an_application_rests_on_no_number_that_was_taken_away() -> None:
    case, number = released()
    owner = make.level_two(make.level_one(id_number=number))
    with pytest.raises(errors.NumberReleased):
        applications.apply(user=case.user, level=2)
    with pytest.raises(errors.IdNumberTaken):
        again(case, number)
    case.refresh_from_db()
    assert (case.state, entitlements.level_of(case.user), entitlements.level_of(owner)) == (CaseState.SENT_BACK, 0, 2)


def again(case: Case, number: str) -> Case:
    """The customer goes through the same door again."""
    user = case.user
    return one_step.submit(user=user, details=details(id_number=number), selfie=image(user), proof=proof(user))


def test_who_lost_the_number_goes_on_with_another_one() -> None:
    case, _ = released()
    handed_in = again(case, make.id_number())
    make.decide(decisions.approve, handed_in, read=BORN)
    assert (handed_in.pk, entitlements.level_of(case.user)) == (case.pk, 2)


def test_no_officer_approves_over_a_number_that_was_taken_away() -> None:
    case = submitted()
    Identity.objects.filter(user=case.user).update(released_at=now())
    with pytest.raises(errors.NumberReleased):
        make.decide(decisions.approve, case, read=BORN)
    assert entitlements.level_of(case.user) == 0


def test_a_correction_does_not_take_the_number_back_by_the_way() -> None:
    case, _ = released(name="data_differs")
    with pytest.raises(errors.NumberReleased):
        corrections.correct(user=case.user, changes={"last_name": "Wang"})
    assert Identity.objects.get(user=case.user).released_at is not None
    other = make.id_number()
    corrections.correct(user=case.user, changes={"last_name": "Wang", "id_number": other})
    assert applications.apply(user=case.user, level=2).state == CaseState.RESUBMITTED
    assert identity.read(case.user).id_number == other


def test_the_native_face_says_that_the_number_is_gone(api: Api) -> None:
    case, _ = released()
    api.token = make.token_of(case.user)
    answer = api.post("/api/v1/kyc/applications", {"level": 2})
    assert (answer.status_code, answer.json()["slug"]) == (409, "kyc.number_released")


@pytest.mark.usefixtures("real_db")
def test_a_release_and_a_one_step_case_handed_in_again_at_once_never_meet() -> None:
    case = sent_back(make.id_number())
    results = together(
        partial(contested.release, holder=case.user, act=Act(reason="x", by="ops")),
        partial(applications.apply, user=case.user, level=2),
    )
    case.refresh_from_db()
    gone = Identity.objects.get(user=case.user).released_at is not None
    assert (case.state == CaseState.RESUBMITTED) != gone, results
