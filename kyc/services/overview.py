"""What a customer may know about the own identity checks, as one read model."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from accounts.services.standing import Identity
from kyc.catalogue.questionnaires import CURRENT, QUESTIONNAIRES
from kyc.catalogue.reasons import REASONS
from kyc.catalogue.requirements import APPLIED_FOR, REQUIREMENTS
from kyc.models import Case, CaseDecision, CaseEvent, CaseState, Document, DocumentState, IdType, Level, Part
from kyc.models.cases import Programme
from kyc.services import applications, bank_accounts, entitlements, identity, one_name

if TYPE_CHECKING:
    from accounts.models import User

NOT_STARTED = "not_started"
STEP_BASIC, STEP_PHONE, STEP_BANK, STEP_QUESTIONS, STEP_APPLY = "basic", "phone", "bank_account", "questionnaire", "application"


@dataclass(frozen=True)
class ReasonShown:
    """A reason in the customer's language."""

    slug: str
    number: int
    text: str


@dataclass(frozen=True)
class DocumentShown:
    """One live document."""

    id: int
    kind: str
    state: str
    size_bytes: int
    page_count: int
    uploaded_at: datetime
    reason: ReasonShown | None


@dataclass(frozen=True)
class PartShown:
    """A part of the typed data that is to be given anew, and why."""

    part: str
    reason: ReasonShown | None


@dataclass(frozen=True)
class CaseShown:
    """One level: the newest case, what it asks (`required`) and what is still missing, in words of the interface."""

    level: int
    programme: str
    state: str
    id: int | None
    required: list[str]
    missing: list[str]
    documents: list[DocumentShown]
    refused_parts: list[PartShown]
    document_expires_on: date | None
    reason: ReasonShown | None
    submitted_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True)
class IdentityShown:
    """The basic data, masked."""

    name: str
    nationality: str
    residence: str
    id_type: str
    id_number: str


@dataclass(frozen=True)
class ProgrammeShown:
    """What an application for a level asks under a programme."""

    level: int
    programme: str
    documents: list[str]
    questionnaire: bool
    bank_account: bool


PROGRAMMES = [
    ProgrammeShown(int(level), str(programme), [str(kind) for kind in due.kinds], due.questionnaire, due.bank_account)
    for (level, programme), due in REQUIREMENTS.items()
    if programme in APPLIED_FOR
]
"""What can be applied for by name."""


@dataclass(frozen=True)
class Overview:
    """Level, what it opens, the basic data (masked), one entry for each level, what can be applied for, the questionnaire."""

    level: int
    entitlements: dict[str, bool]
    identity: IdentityShown | None
    cases: list[CaseShown]
    programmes: list[ProgrammeShown] = field(default_factory=lambda: PROGRAMMES)
    questionnaire: dict[str, Any] = field(default_factory=dict)


def overview(*, user: User, language: str) -> Overview:
    """The customer's overview, reasons in the language."""
    data = identity.read(user)
    latest: dict[int, Case] = {}
    for case in Case.objects.filter(user_id=user.pk).order_by("id"):
        latest[case.level] = case
    id_type = data.id_type if data else IdType.NATIONAL_ID.value
    return Overview(
        level=entitlements.level_of(user),
        entitlements=entitlements.allowed(user),
        identity=_masked(data) if data else None,
        cases=[_case(level, latest.get(level), id_type, data is not None, language) for level in Level.values],
        questionnaire=questionnaire_shown(),
    )


def mask_name(name: str) -> str:
    """First and last letter; a name of two letters loses the second."""
    return f"{name[:1]}*{name[-1:] if len(name) > 2 else ''}"


def mask_number(number: str) -> str:
    """`A12****89`: the first three and the last two characters. Source: bitgin: Get KYC Verify Status."""
    return f"{number[:3]}****{number[-2:]}" if len(number) > 6 else f"{number[:1]}****"


def _masked(data: identity.PersonalData) -> IdentityShown:
    return IdentityShown(
        name=mask_name(data.full_name),
        nationality=data.nationality,
        residence=data.residence,
        id_type=data.id_type,
        id_number=mask_number(data.id_number),
    )


def _case(level: int, case: Case | None, id_type: str, has_data: bool, language: str) -> CaseShown:
    requirement = REQUIREMENTS.get((level, case.programme if case else Programme.STANDARD))
    is_over = case is not None and case.state in (CaseState.REJECTED, CaseState.REVOKED)  # a new one begins anew
    required, missing = _steps(None if is_over else case, has_data)
    if requirement is not None:
        required = [*requirement.kinds_for(id_type)]
        missing = applications.missing_kinds(None if is_over else case, requirement, id_type)
        extra = [(STEP_BANK, requirement.bank_account), (STEP_QUESTIONS, requirement.questionnaire)]
        required += [step for step, due in extra if due]
        if is_over or case is None or case.state == CaseState.DRAFT:
            missing += [step for step, due in extra if due and (is_over or not _given(case, step))]
        if is_over or case is None or case.state in (CaseState.DRAFT, CaseState.SENT_BACK):
            missing += [part for part in Part.values if case and part in case.refused_parts and part not in missing]
            missing += [STEP_APPLY]
    if case is not None and case.state == CaseState.APPROVED:
        missing = []
    return CaseShown(
        level=level,
        programme=case.programme if case else Programme.STANDARD.value,
        state=case.state if case else NOT_STARTED,
        id=case.public_id if case else None,
        required=[str(step) for step in required],
        missing=[str(step) for step in missing],
        documents=_documents(case, language),
        refused_parts=_refused_parts(case, language),
        document_expires_on=case.document_expires_on if case else None,
        reason=case_reason(case, language),
        submitted_at=case.submitted_at if case else None,
        decided_at=case.decided_at if case else None,
    )


def _steps(case: Case | None, has_data: bool) -> tuple[list[str], list[str]]:
    done = {STEP_BASIC: has_data, STEP_PHONE: case is not None and case.phone_verified_at is not None}
    return [STEP_BASIC, STEP_PHONE], [step for step, there in done.items() if not there]


def _given(case: Case | None, step: str) -> bool:
    if case is None:
        return False
    return bank_accounts.of_case(case) is not None if step == STEP_BANK else case.questionnaire_sealed is not None


def _documents(case: Case | None, language: str) -> list[DocumentShown]:
    if case is None:
        return []
    live = Document.objects.filter(case=case).exclude(state=DocumentState.REPLACED).order_by("id")
    return [document_shown(document, language) for document in live]


def document_shown(document: Document, language: str) -> DocumentShown:
    """One document with its reason in the language."""
    return DocumentShown(
        id=document.public_id,
        kind=document.kind,
        state=document.state,
        size_bytes=document.size_bytes,
        page_count=document.page_count,
        uploaded_at=document.uploaded_at,
        reason=reason_shown(document.reason, language),
    )


def _refused_parts(case: Case | None, language: str) -> list[PartShown]:
    """In the order of the parts."""
    refused = case.refused_parts if case is not None else {}
    return [PartShown(part, reason_shown(refused[part], language)) for part in Part.values if part in refused]


def case_reason(case: Case | None, language: str) -> ReasonShown | None:
    """Why the case was sent back, rejected or revoked; None for every other."""
    if case is None or case.state not in (CaseState.SENT_BACK, CaseState.REJECTED, CaseState.REVOKED):
        return None
    if case.state == CaseState.REVOKED:
        event = CaseEvent.objects.filter(case=case, to_state=CaseState.REVOKED).order_by("-id").first()
        return reason_shown(event.reason, language) if event else None
    newest = CaseDecision.objects.filter(case=case).order_by("-id").first()
    return reason_shown(newest.reason, language) if newest else None


def reason_shown(slug: str, language: str) -> ReasonShown | None:
    """The reason with this slug in the language; None for no reason."""
    reason = REASONS.get(slug)
    return ReasonShown(reason.slug, reason.number, reason.text(language)) if reason else None


def questionnaire_shown() -> dict[str, Any]:
    """The questionnaire to fill in, with its version."""
    questions = [
        {
            "name": question.name,
            "text": question.text,
            "options": [{"value": value, "text": text} for value, text in question.options.items()],
            "other_value_with": sorted(question.asks_more),
        }
        for question in QUESTIONNAIRES[CURRENT]
    ]
    return {"version": CURRENT, "questions": questions}


def standing(user: User) -> dict[str, Any]:
    """What other apps show beside the account: the level, where the newest case that is no draft stands, the proven name."""
    level = entitlements.level_of(user)
    newest = Case.objects.filter(user=user).exclude(state=CaseState.DRAFT).order_by("-id").first()
    found = {"identity_level": level, "identity": STANDINGS[newest.state] if newest else Identity.NONE}
    # Documents prove a name; what was only typed at level 1 is nobody's name yet.
    return {**found, "masked_name": partial(_masked_name, user)} if level >= Level.DOCUMENTS else found


def _masked_name(user: User) -> str:
    person = identity.read(user)
    return mask_name(one_name.joined(first_name=person.first_name, last_name=person.last_name)) if person else ""


STANDINGS: dict[str, Identity] = {
    CaseState.SUBMITTED: Identity.IN_REVIEW,
    CaseState.RESUBMITTED: Identity.IN_REVIEW,
    CaseState.APPROVED: Identity.APPROVED,
    CaseState.SENT_BACK: Identity.REFUSED,
    CaseState.REJECTED: Identity.REFUSED,
    CaseState.REVOKED: Identity.REFUSED,
}
