"""Parts of the typed data that an officer sends back, and giving them anew."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import AuditRecord
from config.kit.clock import now
from kyc import errors
from kyc.catalogue import questionnaires
from kyc.models import Case, CaseDecision, CaseState, Document
from kyc.models.cases import Programme
from kyc.services import applications, corrections, decisions, desk, documents, entitlements, evidence, identity, overview
from tests import factories_kyc as make
from tests.client import Api
from tests.kyc import pictures
from tests.kyc.test_levels import GOOD_ANSWERS

pytestmark = pytest.mark.django_db


def sent_back(**parts: str) -> Case:
    """A case of which these parts are due anew."""
    case = make.submitted()
    make.decide(decisions.send_back, case, parts=parts)
    case.refresh_from_db()
    return case


def test_a_refused_part_alone_is_asked_again_and_opens_the_level_after_another_look() -> None:
    case = sent_back(id_number="data_differs", name="image_unclear")
    assert set(Document.objects.filter(case=case).values_list("state", flat=True)) == {"accepted"}
    shown = next(one for one in overview.overview(user=case.user, language="zh-TW").cases if one.level == 2)
    assert [(part.part, part.reason.text) for part in shown.refused_parts if part.reason] == [
        ("name", "照片不清晰，請重新上傳。"),
        ("id_number", "證件與填寫的資料不一致。"),
    ]
    assert shown.missing == ["name", "id_number", "application"]
    with pytest.raises(errors.PartsMissing) as refusal:
        applications.apply(user=case.user, level=2)
    assert refusal.value.parts == ["id_number", "name"]
    number = make.id_number()
    corrections.correct(user=case.user, changes={"id_number": number})
    with pytest.raises(errors.PartsMissing):
        applications.apply(user=case.user, level=2)
    corrections.correct(user=case.user, changes={"last_name": "Lim"})
    again = applications.apply(user=case.user, level=2)
    assert (again.pk, again.state) == (case.pk, CaseState.RESUBMITTED)
    person = identity.read(case.user)
    assert (person.id_number, person.last_name, person.first_name) == (number, "Lim", "Mei-Hua")
    make.decide(decisions.approve, again)
    assert entitlements.level_of(case.user) == 2


def test_the_decision_keeps_what_was_sent_back_and_why() -> None:
    case = sent_back(address="data_differs")
    assert CaseDecision.objects.get(case=case).seen[-1] == {"part": "address", "refused": True, "reason": "data_differs"}
    corrections.correct(user=case.user, changes={"address": "8 Zhongshan North Road, Taipei"})
    record = AuditRecord.objects.get(act="kyc.data_corrected")
    assert record.facts == {"parts": "address"}


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"birthday": date(1991, 1, 1)}, errors.PartSettled),
        ({"last_name": "Lim", "address": "elsewhere"}, errors.PartSettled),
        ({}, errors.NothingToCorrect),
        ({"last_name": "<b>"}, errors.IdentityInvalid),
        ({"document_expires_on": date(2060, 1, 1)}, errors.PartSettled),
        ({"document_expires_on": date(2001, 1, 1)}, errors.DocumentExpired),
    ],
)
def test_nothing_else_is_taken(changes: dict[str, Any], refusal: type[Exception]) -> None:
    case = sent_back(name="data_differs")
    before = identity.read(case.user)
    with pytest.raises(refusal):
        corrections.correct(user=case.user, changes=changes)
    assert identity.read(case.user) == before


def test_nothing_is_corrected_while_no_part_is_due() -> None:
    for case in (make.submitted(), Case(user=make.level_one()), Case(user=make.customer())):
        with pytest.raises(errors.NothingToCorrect):
            corrections.correct(user=case.user, changes={"last_name": "Lim"})


def test_a_corrected_number_of_another_customer_is_refused() -> None:
    case, other = sent_back(id_number="data_differs"), make.level_one()
    with pytest.raises(errors.IdNumberTaken):
        corrections.correct(user=case.user, changes={"id_number": identity.read(other).id_number})
    case.refresh_from_db()
    assert case.refused_parts == {"id_number": "data_differs"}


def test_data_corrected_after_the_look_void_the_decision() -> None:
    case = sent_back(name="data_differs")
    seen = evidence.of(case).fingerprint
    corrections.correct(user=case.user, changes={"last_name": "Lim"})
    applications.apply(user=case.user, level=2)
    with pytest.raises(errors.CaseChanged):
        decisions.approve(case_id=case.public_id, officer=make.officer(), seen=seen)


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [
        ({"soul": "data_differs"}, errors.PartUnknown),
        ({"questionnaire": "answer_unclear"}, errors.PartUnknown),
        ({"name": "document_altered"}, errors.ReasonUnknown),
        ({"name": ""}, errors.ReasonUnknown),
        ({}, errors.NothingSentBack),
    ],
)
def test_officers_send_back_known_parts_for_known_reasons(parts: dict[str, str], refusal: type[Exception]) -> None:
    case = make.submitted()
    with pytest.raises(refusal):
        make.decide(decisions.send_back, case, parts=parts)
    case.refresh_from_db()
    assert (case.state, case.refused_parts) == (CaseState.SUBMITTED, {})


def test_a_standing_level_keeps_the_data_that_it_rests_on() -> None:
    user = make.level_two()
    case, officer = make.submitted(user), make.officer()
    with pytest.raises(errors.PartSettled):
        make.decide(decisions.send_back, case, officer, parts={"name": "data_differs"})
    make.decide(decisions.send_back, case, officer, parts={"expiry": "data_differs"})
    corrections.correct(user=user, changes={"document_expires_on": date(2060, 1, 1)})
    assert applications.apply(user=user, level=2).document_expires_on == date(2060, 1, 1)
    assert entitlements.level_of(user) == 2


def test_a_refused_document_stays_due_whatever_programme_is_named() -> None:
    user = make.level_one()
    make.upload_all(user)
    make.upload_all(user, "second_id", "proof_of_address")
    case = applications.apply(user=user, level=2, programme=Programme.EXTENDED, questionnaire=GOOD_ANSWERS)
    back = Document.objects.get(case=case, kind="proof_of_address")
    make.decide(decisions.send_back, case, refused={back.public_id: "address_not_proven"})
    with pytest.raises(errors.DocumentsMissing) as refusal:
        applications.apply(user=user, level=2)
    assert refusal.value.kinds == ["proof_of_address"]
    documents.upload(user=user, kind="proof_of_address", content=pictures.jpeg())
    assert applications.apply(user=user, level=2).programme == Programme.EXTENDED


def answered() -> Case:
    """A case with answers."""
    user = make.level_one()
    make.upload_all(user)
    return applications.apply(user=user, level=2, questionnaire=GOOD_ANSWERS)


def test_a_refused_questionnaire_comes_again_with_the_application() -> None:
    case = answered()
    make.decide(decisions.send_back, case, parts={"questionnaire": "answer_unclear"})
    with pytest.raises(errors.QuestionnaireMissing):
        applications.apply(user=case.user, level=2)
    answers = {**GOOD_ANSWERS, "q1": {"value": "payment"}}
    again = applications.apply(user=case.user, level=2, questionnaire=answers)
    assert again.state == CaseState.RESUBMITTED
    assert applications.questionnaire_of(again)["q1"] == {"value": "payment"}


def test_answers_are_read_with_the_version_that_asked_them(monkeypatch: pytest.MonkeyPatch) -> None:
    case = answered()
    newer = (questionnaires.Question("q1", "Where do your funds come from?", {"work": "Work"}),)
    monkeypatch.setitem(questionnaires.QUESTIONNAIRES, 2, newer)
    monkeypatch.setattr(applications, "CURRENT", 2)
    seen = desk.look(case_pk=case.pk, officer=make.officer())
    assert len(seen.answers) == 4
    assert seen.answers[1] == ("Do you, a relative or a partner hold a high public office?", "No")
    later = make.level_one()
    make.upload_all(later)
    with pytest.raises(errors.QuestionnaireInvalid):
        applications.apply(user=later, level=2, questionnaire=GOOD_ANSWERS)
    fresh = applications.apply(user=later, level=2, questionnaire={"q1": {"value": "work"}})
    assert desk.look(case_pk=fresh.pk, officer=make.officer()).answers == [("Where do your funds come from?", "Work")]


def test_an_expired_document_is_refused_at_each_application() -> None:
    user = make.level_one()
    make.upload_all(user)
    with pytest.raises(errors.DocumentExpired):
        applications.apply(user=user, level=2, document_expires_on=now().date() - timedelta(days=1))
    with pytest.raises(errors.ExpiryInvalid):
        applications.apply(user=user, level=2, document_expires_on=date(9999, 12, 31))
    assert applications.apply(user=user, level=2, document_expires_on=now().date()).state == CaseState.SUBMITTED


def test_the_native_face_of_a_correction(api: Api) -> None:
    case = sent_back(name="data_differs", address="data_differs")
    api.token = make.token_of(case.user)
    refused = api.post("/api/v1/kyc/corrections", {"birthday": "1991-01-01"})
    assert (refused.status_code, refused.json()["slug"]) == (409, "kyc.part_settled")
    for wrong in ({"last_name": 7}, {"last_name": ["x"]}, {"document_expires_on": "soon"}, {"gender": "x"}):
        assert api.post("/api/v1/kyc/corrections", wrong).status_code == 400
    answer = api.post("/api/v1/kyc/corrections", {"first_name": "Mei", "last_name": "Lim"})
    assert answer.status_code == 200
    two = next(one for one in answer.json()["cases"] if one["level"] == 2)
    assert [part["part"] for part in two["refused_parts"]] == ["address"]
