"""Which set of documents and questions an application names, natively; and the examples of the description at work."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kyc.api.native import cases as shown
from kyc.models import Case, CaseState, DocumentKind, DocumentState
from kyc.models.cases import Programme
from kyc.services import applications, decisions, documents
from tests import factories_kyc as make
from tests.client import Api
from tests.kyc import pictures

pytestmark = pytest.mark.django_db
EXTENDED: dict[str, Any] = dict(shown.ApplicationInput.example_cases["level 2 with the questionnaire"])
FURTHER = (DocumentKind.SECOND_ID, DocumentKind.PROOF_OF_ADDRESS)


@pytest.fixture
def api(api: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    """A customer of level 1 who gave the data of the example, and whose first three documents are there."""
    user = make.customer()
    api.token = make.token_of(user)
    answer = api.post("/api/v1/kyc/basic", dict(shown.BasicInput.example_values))
    assert answer.status_code == 200, answer.json()
    make.prove_phone(user)
    make.upload_all(user)
    return api


def applied(api: Api, **changes: Any) -> tuple[int, Any]:
    """The extended application of the example."""
    answer = api.post("/api/v1/kyc/applications", EXTENDED | changes)
    return answer.status_code, answer.json()


def upload_further(api: Api) -> None:
    """What the extended programme asks beyond the standard one."""
    for kind in FURTHER:
        file = SimpleUploadedFile("x.jpg", pictures.jpeg())
        assert api.upload("/api/v1/kyc/documents", {"kind": kind.value, "file": file}).status_code == 201


def test_the_overview_tells_what_each_programme_asks(api: Api) -> None:
    told = api.get("/api/v1/kyc").json()
    assert told["programmes"] == [
        {"level": 2, "programme": "standard", "documents": ["id_front", "id_back", "selfie"], "questionnaire": False,
         "bank_account": False},
        {"level": 2, "programme": "extended", "documents": ["id_front", "id_back", "selfie", "second_id", "proof_of_address"],
         "questionnaire": True, "bank_account": False},
        {"level": 3, "programme": "standard", "documents": ["bank_book"], "questionnaire": False, "bank_account": True},
    ]  # fmt: skip
    assert [question["name"] for question in told["questionnaire"]["questions"]] == list(EXTENDED["questionnaire"])


def test_the_extended_programme_asks_its_documents_and_questions_and_keeps_them_when_sent_back(api: Api) -> None:
    status, body = applied(api)
    assert (status, body["slug"], body["kinds"]) == (422, "kyc.documents_missing", ["second_id", "proof_of_address"])
    upload_further(api)
    status, body = applied(api, questionnaire=None)
    assert (status, body["slug"]) == (400, "api.invalid")
    answer = api.post("/api/v1/kyc/applications", {"level": 2, "programme": "extended"})
    assert (answer.status_code, answer.json()["slug"]) == (422, "kyc.questionnaire_missing")
    case = Case.objects.get(level=2)
    assert (case.state, case.programme, case.questionnaire_sealed) == (CaseState.DRAFT, Programme.STANDARD, None)
    status, body = applied(api)
    (level_two,) = [one for one in body["cases"] if one["level"] == 2]
    assert (status, level_two["state"], level_two["programme"], level_two["missing"]) == (202, "submitted", "extended", [])
    assert level_two["required"] == ["id_front", "id_back", "selfie", "second_id", "proof_of_address", "questionnaire"]
    case.refresh_from_db()
    assert applications.questionnaire_of(case) == EXTENDED["questionnaire"]
    assert b"suppliers" not in bytes(case.questionnaire_sealed or b"")
    proof = case.documents.get(kind=FURTHER[1], state=DocumentState.UPLOADED)
    make.decide(decisions.send_back, case, refused=[proof.public_id], reason="address_not_proven")
    documents.upload(user=case.user, kind=FURTHER[1], content=pictures.jpeg())
    assert api.post("/api/v1/kyc/applications", {"level": 2}).status_code == 202
    case.refresh_from_db()
    assert (case.state, case.programme) == (CaseState.RESUBMITTED, Programme.EXTENDED)


@pytest.mark.parametrize(
    ("changes", "status", "slug"),
    [
        ({"programme": "one_step"}, 400, "kyc.programme_unfit"),
        ({"level": 3}, 400, "kyc.programme_unfit"),
        ({"programme": "lavish"}, 400, "api.invalid"),
        ({"programme": ["extended"]}, 400, "api.invalid"),
        ({"questionnaire": {**EXTENDED["questionnaire"], "q3": {"value": "9_to_5"}}}, 422, "kyc.questionnaire_invalid"),
        ({"questionnaire": {**EXTENDED["questionnaire"], "q1": {"value": "other"}}}, 422, "kyc.questionnaire_invalid"),
        ({"questionnaire": {**EXTENDED["questionnaire"], "q9": {"value": "no"}}}, 422, "kyc.questionnaire_invalid"),
        ({"questionnaire": {"q1": "investment"}}, 422, "kyc.questionnaire_invalid"),
        ({"questionnaire": "no"}, 400, "api.invalid"),
    ],
)  # fmt: skip
def test_a_programme_or_answer_that_is_not_offered_is_refused_and_nothing_is_kept(
    changes: dict[str, Any], status: int, slug: str, api: Api
) -> None:
    upload_further(api)
    found, body = applied(api, **changes)
    assert (found, body["slug"]) == (status, slug)
    case = Case.objects.get(level=2)
    assert (case.state, case.questionnaire_sealed) == (CaseState.DRAFT, None)


def test_who_is_under_review_applies_for_nothing_else(api: Api) -> None:
    assert api.post("/api/v1/kyc/applications", {"level": 2}).status_code == 202
    upload_further(api)
    status, body = applied(api)
    assert (status, body["slug"]) == (409, "kyc.under_review")
    assert Case.objects.get(level=2).programme == Programme.STANDARD


def test_the_other_examples_of_applications_are_taken_too(api: Api) -> None:
    examples = shown.ApplicationInput.example_cases
    assert api.post("/api/v1/kyc/applications", dict(examples["level 2"])).status_code == 202
    case = Case.objects.get(level=2)
    make.decide(decisions.approve, case)
    make.upload_all(case.user, DocumentKind.BANK_BOOK)
    assert api.post("/api/v1/kyc/applications", dict(examples["level 3"])).status_code == 202
