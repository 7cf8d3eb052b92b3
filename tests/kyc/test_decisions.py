"""Decisions: who may make them, what binds them, what they leave behind."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditRecord, User
from config.kit.errors import Absent, DomainError
from config.kit.flow import IllegalMove
from kyc.catalogue.reasons import REASONS
from kyc.errors import CaseChanged, NotAnOfficer, NothingSentBack, OwnCase, ReasonUnknown
from kyc.models import (
    Case,
    CaseDecision,
    CaseEvent,
    CaseState,
    Document,
    DocumentKind,
    DocumentState,
    Verdict,
)
from kyc.services import applications, claims, decisions, documents, entitlements, evidence
from messaging.models import Message
from tests import factories_kyc as make
from tests.factories_messaging import read_message
from tests.kyc import pictures

pytestmark = pytest.mark.django_db


def decide(case: Case, verdict: str, officer: User | None = None, **changes: Any) -> CaseDecision:
    """The verdict on the case as it is now."""
    held = claims.of(case)
    given: dict[str, Any] = {
        "case_id": case.public_id,
        "officer": officer or (held.officer if held else make.officer()),
        "seen": evidence.of(case).fingerprint,
    }
    if verdict == Verdict.SEND_BACK:
        refused = Document.objects.filter(case=case, kind=DocumentKind.SELFIE).order_by("-id")[:1]
        given |= {"refused": [document.public_id for document in refused], "reason": "image_unclear"}
    if verdict == Verdict.REJECT:
        given |= {"reason": "document_altered"}
    with suppress(DomainError):  # who may not take a case is refused by the decision too
        claims.claim(case_pk=case.pk, officer=given["officer"])
        make.look_through(case, given["officer"])
    made: CaseDecision = getattr(decisions, verdict)(**{**given, **changes})
    return made


def test_approval_opens_the_level_and_keeps_what_the_officer_saw() -> None:
    case, officer = make.submitted(), make.officer()
    before = evidence.of(case)
    decision = decide(case, "approve", officer)
    assert entitlements.level_of(case.user) == 2
    assert decision.seen == [
        {"document": str(d.public_id), "kind": d.kind, "sha256": d.fingerprint, "refused": False} for d in before.documents
    ]
    assert set(Document.objects.filter(case=case).values_list("state", flat=True)) == {DocumentState.ACCEPTED}
    event = CaseEvent.objects.filter(case=case).latest("id")
    assert (event.from_state, event.to_state, event.actor_id) == ("submitted", "approved", officer.pk)
    record = AuditRecord.objects.filter(subject=f"kyc.case:{case.public_id}").latest("id")
    assert (record.act, record.actor_id, record.facts["level"]) == ("kyc.approve", officer.pk, "2")
    assert Message.objects.filter(user=case.user, template="kyc_approved").count() == 2


def test_an_image_exchanged_after_the_officer_looked_voids_the_approval() -> None:
    case = make.submitted()
    seen = evidence.of(case).fingerprint
    documents.upload(user=case.user, kind=DocumentKind.SELFIE, content=pictures.jpeg())
    with pytest.raises(CaseChanged):
        decide(case, "approve", seen=seen)
    case.refresh_from_db()
    assert (case.state, entitlements.level_of(case.user)) == (CaseState.SUBMITTED, 1)
    assert not CaseDecision.objects.exists()
    decide(case, "approve")
    assert entitlements.level_of(case.user) == 2


def test_a_bank_account_is_part_of_what_is_approved() -> None:
    user = make.level_two()
    make.upload_all(user, DocumentKind.BANK_BOOK)
    bank = applications.BankDetails(country="TW", bank_code="812", account_number="0123456789")
    case = applications.apply(user=user, level=3, bank_account=bank)
    seen = evidence.of(case).fingerprint
    type(case).objects.get(pk=case.pk).bank_accounts.all().delete()
    with pytest.raises(CaseChanged):
        decide(case, "approve", seen=seen)


@pytest.mark.parametrize("seen", ["", "0" * 64, "ä"])
def test_a_decision_without_the_fingerprint_of_the_case_is_refused(seen: str) -> None:
    with pytest.raises(CaseChanged):
        decide(make.submitted(), "approve", seen=seen)


def test_sent_back_parts_are_asked_again_with_the_reason_in_the_customers_language() -> None:
    user = make.level_one(make.customer(language="zh-TW"))
    case = make.submitted(user)
    decide(case, "send_back")
    states = dict(Document.objects.filter(case=case).values_list("kind", "state"))
    assert states == {"id_front": "accepted", "id_back": "accepted", "selfie": "refused"}
    case.refresh_from_db()
    assert case.state == CaseState.SENT_BACK
    assert read_message(user.email or "", "kyc_sent_back").facts["reason"] == "照片不清晰，請重新上傳。"
    documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    assert applications.apply(user=user, level=2).state == CaseState.RESUBMITTED
    decide(case, "approve")
    assert entitlements.level_of(user) == 2


def test_a_document_accepted_in_one_round_may_be_refused_in_the_next() -> None:
    case = make.submitted()
    decide(case, "send_back")
    documents.upload(user=case.user, kind="selfie", content=pictures.jpeg())
    applications.apply(user=case.user, level=2)
    front = Document.objects.get(case=case, kind="id_front")
    decide(case, "send_back", refused=[front.public_id])
    front.refresh_from_db()
    assert front.state == DocumentState.REFUSED


def test_a_rejected_customer_may_start_again() -> None:
    case = make.submitted()
    decide(case, "reject")
    case.refresh_from_db()
    assert (case.state, entitlements.level_of(case.user)) == (CaseState.REJECTED, 1)
    assert make.submitted(case.user).pk != case.pk


@pytest.mark.parametrize("verdict", ["approve", "send_back", "reject"])
def test_a_case_is_decided_once(verdict: str) -> None:
    case = make.submitted()
    decide(case, "approve")
    with pytest.raises(IllegalMove):
        decide(case, verdict)
    assert CaseDecision.objects.count() == 1


def test_a_draft_is_not_decided() -> None:
    user = make.level_one()
    make.upload_all(user)
    with pytest.raises(IllegalMove):
        decide(Case.objects.get(user=user, level=2), "approve")


@pytest.mark.parametrize("role", ["treasury", "auditor"])
def test_only_compliance_decides(role: str) -> None:
    case = make.submitted()
    with pytest.raises(NotAnOfficer):
        decide(case, "approve", make.officer(role))
    with pytest.raises(NotAnOfficer):
        decide(case, "approve", make.customer())


def test_an_officer_who_is_the_customer_is_refused_by_the_database_in_a_sentence() -> None:
    officer = make.officer()
    case = make.submitted(make.level_one(officer))
    with pytest.raises(OwnCase) as refusal:
        decide(case, "approve", officer)
    assert refusal.value.detail == "You can't decide your own case."
    case.refresh_from_db()
    assert case.state == CaseState.SUBMITTED


def test_a_decision_names_the_cases_own_customer_or_none() -> None:
    case, stranger = make.submitted(), make.customer()
    with pytest.raises(IntegrityError, match="kyc_decision_same_customer"), transaction.atomic():
        CaseDecision.objects.create(
            case=case, customer=stranger, officer=case.user, verdict="approve", seen=[], seen_hash=b"x" * 32
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("model", [CaseDecision, CaseEvent])
def test_what_was_decided_is_neither_changed_nor_deleted(model: Any) -> None:
    case = make.submitted()
    decide(case, "reject")
    with pytest.raises(IntegrityError, match="after the fact"), transaction.atomic():
        model.objects.filter(case=case).update(reason="")
    with pytest.raises(IntegrityError, match="after the fact"), transaction.atomic():
        model.objects.filter(case=case).delete()


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [("send_back", ""), ("send_back", "document_altered"), ("reject", "because"), ("reject", "image_unclear")],
)
def test_a_reason_stands_in_the_catalogue_for_its_verdict(verdict: str, reason: str) -> None:
    with pytest.raises(ReasonUnknown):
        decide(make.submitted(), verdict, reason=reason)


def test_sending_back_nothing_or_a_strangers_document_is_refused() -> None:
    case, other = make.submitted(), make.submitted()
    with pytest.raises(NothingSentBack):
        decide(case, "send_back", refused=[])
    foreign = Document.objects.filter(case=other)[0]
    with pytest.raises(CaseChanged):
        decide(case, "send_back", refused=[foreign.public_id])


def test_an_unknown_case_is_absent() -> None:
    with pytest.raises(Absent):
        decisions.approve(case_id=1, officer=make.officer(), seen="")


def test_reasons_have_numbers_of_their_own_and_three_languages() -> None:
    assert len({reason.number for reason in REASONS.values()}) == len(REASONS)
    for reason in REASONS.values():
        assert set(reason.texts) == {"en", "zh-CN", "zh-TW"}
        assert all(reason.texts.values())
        assert reason.verdicts


def test_the_database_takes_no_approval_without_an_officers_word_and_no_other_fingerprint() -> None:
    case = make.submitted()
    with pytest.raises(IntegrityError, match="nobody approved"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state=CaseState.APPROVED, decided_at=case.submitted_at)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="fingerprint"), transaction.atomic():
        Document.objects.filter(case=case).update(sha256=b"0" * 32)
