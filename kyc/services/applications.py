"""Applying for levels 2 and 3."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kyc.catalogue.questionnaires import CURRENT, OTHER_VALUE_LENGTH_MAX, QUESTIONNAIRES
from kyc.catalogue.requirements import APPLIED_FOR, REQUIREMENTS, Requirement
from kyc.errors import (
    AlreadyApproved,
    BankAccountMissing,
    DocumentsMissing,
    LevelOutOfOrder,
    PartsMissing,
    ProgrammeUnfit,
    QuestionnaireInvalid,
    QuestionnaireMissing,
    UnderReview,
)
from kyc.models import Case, CaseState, Document, DocumentState, Identity, Part
from kyc.models.cases import Programme
from kyc.services import bank_accounts, cases, entitlements, hint_work, identity, personal_data, vault
from kyc.services.bank_details import BankDetails as BankDetails  # noqa: PLC0414  # callers name it here

if TYPE_CHECKING:
    from accounts.models import User

KEPT = ("programme", "country", "document_expires_on", "refused_parts", "questionnaire_version", "questionnaire_sealed")
"""What an application writes into its case."""


def apply(
    *,
    user: User,
    level: int,
    programme: str = Programme.STANDARD,
    questionnaire: Mapping[str, Any] | None = None,
    bank_account: BankDetails | None = None,
    document_expires_on: date | None = None,
) -> Case:
    """Hand in the documents of a level for review; after a case was sent back, hand it in again.

    A case that was sent back keeps its programme: what was refused in it stays due.
    Raises NotForSubAccounts, ProgrammeUnfit, LevelOutOfOrder, UnderReview, AlreadyApproved, NumberReleased, DocumentsMissing,
    PartsMissing, DocumentExpired, ExpiryInvalid, QuestionnaireMissing, QuestionnaireInvalid, BankAccountMissing, and what
    `bank_accounts.keep_for` raises. Nothing is written then.
    """
    entitlements.require_own_identity(user)
    personal_data.check_expiry(document_expires_on)
    _require_programme(level, programme)
    answers = None if questionnaire is None else _checked_answers(questionnaire)
    with transaction.atomic():
        vault.lock(user)
        case = cases.open_case(user, level)
        again = case is not None and case.state == CaseState.SENT_BACK
        _require_way(user, level, case)
        programme = case.programme if again and case is not None else programme
        requirement, person = REQUIREMENTS[level, programme], Identity.objects.get(user_id=user.pk)
        if missing := missing_kinds(case, requirement, person.id_type):
            raise DocumentsMissing(kinds=missing)
        assert case is not None  # without a case every kind is missing
        case.programme, case.country = programme, person.nationality
        _keep_expiry(case, document_expires_on)
        _keep_answers(case, requirement, answers)
        _keep_bank_account(case, requirement, bank_account)
        if case.refused_parts:
            raise PartsMissing(parts=sorted(case.refused_parts))
        case.save(update_fields=[*KEPT])
        cases.move(case, CaseState.RESUBMITTED if again else CaseState.SUBMITTED, actor=user)
        hint_work.renew(case)
        return case


def check_way(user: User, level: int) -> None:
    """Promise that the level can be applied for now, whatever is still to be brought.

    Raises LevelOutOfOrder, UnderReview, AlreadyApproved, NumberReleased.
    """
    with transaction.atomic():
        vault.lock(user)
        case = cases.open_case(user, level)
        _require_way(user, level, case)


def missing_kinds(case: Case | None, requirement: Requirement, id_type: str) -> list[str]:
    """The kinds that are due and not there; a refused document is not there, and is due whatever else is."""
    there: dict[str, str] = {}
    if case is not None:
        live = Document.objects.filter(case=case).exclude(state=DocumentState.REPLACED).order_by("id")
        there = dict(live.values_list("kind", "state"))
    refused = [kind for kind, state in there.items() if state == DocumentState.REFUSED]
    due = dict.fromkeys([*requirement.kinds_for(id_type), *refused])
    return [str(kind) for kind in due if kind in refused or kind not in there]


def questionnaire_of(case: Case) -> dict[str, Any]:
    """The answers in the clear, empty where none were given."""
    if case.questionnaire_sealed is None:
        return {}
    return vault.unseal_facts(case.user_id, case.questionnaire_sealed, context=f"kyc.questionnaire:{case.public_id}")


def bank_account_of(case: Case) -> BankDetails | None:
    """The bank account in the clear, None where none was given."""
    row = bank_accounts.of_case(case)
    return bank_accounts.details_of(row) if row is not None else None


def _require_programme(level: int, programme: str) -> None:
    if programme not in APPLIED_FOR or (level, programme) not in REQUIREMENTS:
        raise ProgrammeUnfit(programme=programme, level=level)


def _require_way(user: User, level: int, case: Case | None) -> None:
    _require_level_below(user, level, case)
    _require_open_way(user, level, case)


def _require_level_below(user: User, level: int, case: Case | None) -> None:
    """A one-step case that was sent back stands for the level below too."""
    one_step = case is not None and case.state == CaseState.SENT_BACK and case.programme == Programme.ONE_STEP
    if entitlements.level_of(user) < level - 1 and not one_step:
        raise LevelOutOfOrder(level=level, required_level=level - 1)


def _require_open_way(user: User, level: int, case: Case | None) -> None:
    if case is None and cases.approved(user, level):
        raise AlreadyApproved(level=level)
    if case is not None and case.waiting:
        raise UnderReview(level=level)
    identity.require_held(user)


def _keep_expiry(case: Case, expires_on: date | None) -> None:
    if expires_on is not None:
        case.document_expires_on = expires_on
        case.refused_parts.pop(Part.EXPIRY, None)
    personal_data.check_expiry(case.document_expires_on)  # what was typed for an earlier round may be over by now


def _keep_answers(case: Case, requirement: Requirement, answers: dict[str, dict[str, str]] | None) -> None:
    refused = Part.QUESTIONNAIRE in case.refused_parts
    if answers is None:
        if refused or (requirement.questionnaire and case.questionnaire_sealed is None):
            raise QuestionnaireMissing
        return
    context = f"kyc.questionnaire:{case.public_id}"
    case.refused_parts.pop(Part.QUESTIONNAIRE, None)
    case.questionnaire_version = CURRENT
    case.questionnaire_sealed = vault.seal_facts(case.user_id, answers, context=context)


def _checked_answers(answers: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    questions = QUESTIONNAIRES[CURRENT]
    if unknown := sorted(set(answers) - {question.name for question in questions}):
        raise QuestionnaireInvalid(question=str(unknown[0])[:40], reason="there is no such question")
    clean: dict[str, dict[str, str]] = {}
    for question in questions:
        given = answers.get(question.name)
        answer: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
        value = answer.get("value")
        if not isinstance(value, str) or value not in question.options:
            raise QuestionnaireInvalid(question=question.name, reason=f"one of {', '.join(question.options)} is due")
        clean[question.name] = {"value": value}
        if value in question.asks_more:
            more = answer.get("other_value")
            if not isinstance(more, str) or not 1 <= len(more.strip()) <= OTHER_VALUE_LENGTH_MAX:
                raise QuestionnaireInvalid(
                    question=question.name, reason=f"other_value is due, up to {OTHER_VALUE_LENGTH_MAX} characters"
                )
            clean[question.name]["other_value"] = more.strip()
    return clean


def _keep_bank_account(case: Case, requirement: Requirement, details: BankDetails | None) -> None:
    if not requirement.bank_account:
        return
    if details is not None:
        bank_accounts.keep_for(case, details)
    elif bank_accounts.of_case(case) is None:
        raise BankAccountMissing
