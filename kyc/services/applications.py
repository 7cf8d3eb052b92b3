"""Applying for levels 2 and 3."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pycountry
from django.db import transaction

from accounts.models.logins import LoginAct
from accounts.services import logins
from config.kit import crypto
from kyc.catalogue.questionnaires import CURRENT, OTHER_VALUE_LENGTH_MAX, QUESTIONNAIRES
from kyc.catalogue.requirements import REQUIREMENTS, Requirement
from kyc.errors import (
    AlreadyApproved,
    BankAccountInvalid,
    BankAccountMissing,
    DocumentsMissing,
    LevelOutOfOrder,
    QuestionnaireInvalid,
    QuestionnaireMissing,
    UnderReview,
)
from kyc.models import BankAccount, Case, CaseState, Document, DocumentState, Identity
from kyc.models.cases import Programme
from kyc.services import cases, entitlements, vault

if TYPE_CHECKING:
    from accounts.models import User

_BANK_CODE = re.compile(r"[A-Za-z0-9]{2,16}", re.ASCII)
_ACCOUNT_NUMBER = re.compile(r"[A-Za-z0-9]{5,34}", re.ASCII)


@dataclass(frozen=True)
class BankDetails:
    """A bank account as the customer names it. Its holder is always the verified customer."""

    country: str
    bank_code: str
    account_number: str
    branch_code: str = ""

    def __repr__(self) -> str:
        return "BankDetails(…)"


def apply(
    *,
    user: User,
    level: int,
    programme: str = Programme.STANDARD,
    questionnaire: Mapping[str, Any] | None = None,
    bank_account: BankDetails | None = None,
) -> Case:
    """Hand in the documents of a level for review; after a case was sent back, hand it in again.

    Raises NotForSubAccounts, LevelOutOfOrder, UnderReview, AlreadyApproved, DocumentsMissing, QuestionnaireMissing,
    QuestionnaireInvalid, BankAccountMissing, BankAccountInvalid. Nothing is written then.
    """
    entitlements.require_own_identity(user)
    requirement = REQUIREMENTS[level, programme]
    with transaction.atomic():
        vault.lock(user)
        if entitlements.level_of(user) < level - 1:
            raise LevelOutOfOrder(level=level, required_level=level - 1)
        case = _case_to_hand_in(user, level)
        identity = Identity.objects.get(user_id=user.pk)
        if missing := missing_kinds(case, requirement, identity.id_type):
            raise DocumentsMissing(kinds=missing)
        assert case is not None  # without a case every kind is missing
        case.programme, case.country = programme, identity.nationality
        _keep_answers(case, requirement, questionnaire)
        _keep_bank_account(case, requirement, bank_account)
        case.save(update_fields=["programme", "country", "questionnaire_version", "questionnaire_sealed"])
        again = case.state == CaseState.SENT_BACK
        cases.move(case, CaseState.RESUBMITTED if again else CaseState.SUBMITTED, actor=user)
        return case


def missing_kinds(case: Case | None, requirement: Requirement, id_type: str) -> list[str]:
    """The kinds that are due and not there; a refused document is not there."""
    there: set[str] = set()
    if case is not None:
        good = (DocumentState.UPLOADED, DocumentState.ACCEPTED)
        there = set(Document.objects.filter(case=case, state__in=good).values_list("kind", flat=True))
    return [str(kind) for kind in requirement.kinds_for(id_type) if kind not in there]


def questionnaire_of(case: Case) -> dict[str, Any]:
    """The answers in the clear, empty where none were given."""
    if case.questionnaire_sealed is None:
        return {}
    return vault.unseal_facts(case.user_id, case.questionnaire_sealed, context=f"kyc.questionnaire:{case.public_id}")


def bank_account_of(case: Case) -> BankDetails | None:
    """The bank account in the clear, None where none was given."""
    row = BankAccount.objects.filter(case=case).first()
    if row is None:
        return None
    facts = vault.unseal_facts(case.user_id, row.sealed, context=f"kyc.bank_account:{case.public_id}")
    return BankDetails(
        country=row.country, bank_code=row.bank_code, branch_code=row.branch_code, account_number=facts["account_number"]
    )


def _case_to_hand_in(user: User, level: int) -> Case | None:
    case = cases.open_case(user, level)
    if case is None and cases.approved(user, level):
        raise AlreadyApproved(level=level)
    if case is not None and case.waiting:
        raise UnderReview(level=level)
    return case


def _keep_answers(case: Case, requirement: Requirement, answers: Mapping[str, Any] | None) -> None:
    if answers is None:
        if requirement.questionnaire and case.questionnaire_sealed is None:
            raise QuestionnaireMissing
        return
    clean = _checked_answers(answers)
    context = f"kyc.questionnaire:{case.public_id}"
    case.questionnaire_version = CURRENT
    case.questionnaire_sealed = vault.seal_facts(case.user_id, clean, context=context)


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
    if details is None:
        if not BankAccount.objects.filter(case=case).exists():
            raise BankAccountMissing
        return
    clean = _checked_bank(details)
    context = f"kyc.bank_account:{case.public_id}"
    _, is_new = BankAccount.objects.update_or_create(
        case=case,
        defaults={
            "country": clean.country,
            "bank_code": clean.bank_code,
            "branch_code": clean.branch_code,
            "sealed": vault.seal_facts(case.user_id, {"account_number": clean.account_number}, context=context),
            "number_index": crypto.keyed_hash("kyc.bank_account", clean.country, clean.bank_code, clean.account_number),
        },
    )
    if is_new:
        logins.note(user=case.user, act=LoginAct.BANK_ACCOUNT_ADDED)


def _checked_bank(details: BankDetails) -> BankDetails:
    country = details.country
    if len(country) != 2 or not country.isascii() or pycountry.countries.get(alpha_2=country.upper()) is None:
        raise BankAccountInvalid(part="country")
    bank, branch = _joined(details.bank_code), _joined(details.branch_code)
    number = _joined(details.account_number)
    if not _BANK_CODE.fullmatch(bank):
        raise BankAccountInvalid(part="bank_code")
    if branch and not _BANK_CODE.fullmatch(branch):
        raise BankAccountInvalid(part="branch_code")
    if not _ACCOUNT_NUMBER.fullmatch(number):
        raise BankAccountInvalid(part="account_number")
    return BankDetails(
        country=country.upper(), bank_code=bank.upper(), branch_code=branch.upper(), account_number=number.upper()
    )


def _joined(text: str) -> str:
    return re.sub(r"[\s-]+", "", text)
