"""Levels: what opens them, in which order, and what each opens."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import AuditRecord, SecurityHold, User
from config.kit.clock import now
from config.kit.flow import IllegalMove
from kyc.errors import (
    AlreadyApproved,
    BankAccountMissing,
    DocumentsMissing,
    IdNumberTaken,
    LevelOutOfOrder,
    NotEntitled,
    PhoneDiffers,
    PhoneTaken,
    QuestionnaireInvalid,
    QuestionnaireMissing,
    TooYoung,
    UnderReview,
)
from kyc.models import Case, CaseEvent, CaseState, DocumentKind, Identity
from kyc.models.cases import CASE_FLOW, Programme
from kyc.services import applications, cases, entitlements, identity
from kyc.services.entitlements import Act
from messaging.errors import WrongCode
from messaging.models import Allowance, Channel, Message, Purpose
from messaging.services import codes
from tests import factories_kyc as make
from tests.factories_messaging import read_code

pytestmark = pytest.mark.django_db

BANK = applications.BankDetails(country="tw", bank_code="812", branch_code="0023", account_number="0123-4567-8901")
GOOD_ANSWERS: dict[str, Any] = {
    "q1": {"value": "other", "other_value": "Gifts"},
    "q2": {"value": "no"},
    "q3": {"value": "1_to_3"},
    "q4": {"value": "over_100"},
}


def test_level_one_passes_by_itself_when_data_and_phone_are_there() -> None:
    user = make.customer()
    identity.submit(user=user, details=make.personal_data())
    assert entitlements.level_of(user) == 0
    case = make.prove_phone(user)
    assert entitlements.level_of(user) == 1
    moves = CaseEvent.objects.filter(case=case).order_by("id").values_list("to_state", flat=True)
    assert list(moves) == ["draft", "submitted", "approved"]
    assert Message.objects.filter(user=user, template="kyc_approved").count() == 1


def test_the_phone_may_come_before_the_data() -> None:
    user = make.customer()
    make.prove_phone(user)
    assert entitlements.level_of(user) == 0
    identity.submit(user=user, details=make.personal_data())
    assert entitlements.level_of(user) == 1


@pytest.mark.parametrize(("age", "held"), [(timedelta(hours=23), False), (timedelta(hours=25), True)])
def test_a_new_phone_is_recorded_told_by_email_and_holds_money_unless_the_account_is_new(age: timedelta, held: bool) -> None:
    user = make.customer()
    User.objects.filter(pk=user.pk).update(registered_at=now() - age)
    make.prove_phone(user)
    user.refresh_from_db()
    record = AuditRecord.objects.get(act="accounts.phone_bound")
    assert (record.actor, record.subject) == (user, f"accounts.user:{user.uid}")
    assert record.facts == {}  # the log outlives an erasure
    assert Message.objects.get(template="phone_bound").channel == "email"
    causes = list(SecurityHold.objects.filter(user=user).values_list("cause", flat=True))
    assert causes == (["phone"] if held else [])


def test_proving_the_phone_of_the_account_binds_nothing_new() -> None:
    user = make.customer()
    user.phone, user.registered_at = make.phone_number(), now() - timedelta(days=2)
    user.save()
    make.prove_phone(user)
    assert not AuditRecord.objects.filter(act="accounts.phone_bound").exists()
    assert not SecurityHold.objects.exists()


def test_a_wrong_code_binds_no_phone() -> None:
    user = make.customer()
    identity.submit(user=user, details=make.personal_data())
    phone = make.phone_number()
    codes.send(purpose=Purpose.KYC_PHONE, channel=Channel.SMS, destination=phone, user=user, language="en", ip="127.0.0.1")
    wrong = "000000" if read_code(phone) != "000000" else "111111"
    with pytest.raises(WrongCode):
        identity.confirm_phone(user=user, phone=phone, code=wrong)
    user.refresh_from_db()
    assert (user.phone, entitlements.level_of(user)) == (None, 0)


def test_a_phone_of_another_account_is_refused_and_its_code_is_spent() -> None:
    owner, user = make.level_one(), make.customer()
    Allowance.objects.all().delete()
    codes.send(
        purpose=Purpose.KYC_PHONE, channel=Channel.SMS, destination=owner.phone or "", user=user, language="en", ip="127.0.0.1"
    )
    code = read_code(owner.phone or "")
    with pytest.raises(PhoneTaken):
        identity.confirm_phone(user=user, phone=owner.phone or "", code=code)
    with pytest.raises(WrongCode):
        identity.confirm_phone(user=user, phone=owner.phone or "", code=code)
    assert not Case.objects.filter(user=user).exists()


def test_an_account_with_a_phone_verifies_that_one_only() -> None:
    user = make.customer()
    user.phone = make.phone_number()
    user.save()
    with pytest.raises(PhoneDiffers):
        identity.confirm_phone(user=user, phone=make.phone_number(), code="123456")


def test_data_are_settled_once_level_one_is_approved() -> None:
    user = make.level_one()
    with pytest.raises(AlreadyApproved):
        identity.submit(user=user, details=make.personal_data(first_name="Other"))
    assert identity.read(user).first_name == "Mei-Hua"


def test_data_may_be_corrected_before() -> None:
    user = make.customer()
    identity.submit(user=user, details=make.personal_data(first_name="Mai"))
    identity.submit(user=user, details=make.personal_data())
    assert identity.read(user).first_name == "Mei-Hua"
    assert Identity.objects.filter(user=user).count() == 1


@pytest.mark.parametrize("spelling", ["a 123-456-789", "Ａ123456789", "a123456789"])
def test_one_document_number_belongs_to_one_customer_however_it_is_spelt(spelling: str) -> None:
    identity.submit(user=make.customer(), details=make.personal_data(id_number="A123456789"))
    second = make.customer()
    with pytest.raises(IdNumberTaken):
        identity.submit(user=second, details=make.personal_data(id_number=spelling))
    assert not Identity.objects.filter(user=second).exists()
    assert not Case.objects.filter(user=second).exists()


def test_the_same_number_of_another_country_is_another_document() -> None:
    identity.submit(user=make.customer(), details=make.personal_data(id_number="A123456789"))
    identity.submit(user=make.customer(), details=make.personal_data(id_number="A123456789", nationality="JP"))


@time_machine.travel("2026-02-27T12:00:00Z")
def test_eighteen_years_are_needed_to_the_day() -> None:
    user = make.customer()
    with pytest.raises(TooYoung):
        identity.submit(user=user, details=make.personal_data(birthday=date(2008, 2, 28)))
    identity.submit(user=user, details=make.personal_data(birthday=date(2008, 2, 27)))


def test_each_act_opens_at_its_level_and_unknown_acts_never() -> None:
    user = make.customer()
    with pytest.raises(NotEntitled) as refusal:
        entitlements.require(user, Act.DEPOSIT)
    assert refusal.value.facts == {"act": "deposit", "level": 0, "required_level": 1}
    make.level_one(user)
    entitlements.require(user, Act.DEPOSIT)
    with pytest.raises(NotEntitled):
        entitlements.require(user, Act.WITHDRAW_CRYPTO)
    make.level_two(user)
    entitlements.require(user, Act.WITHDRAW_CRYPTO)
    with pytest.raises(NotEntitled):
        entitlements.require(user, "mint_money")


def test_every_act_stands_in_the_table() -> None:
    assert set(entitlements.REQUIRED_LEVEL) == set(Act)


def test_level_two_needs_level_one() -> None:
    user = make.customer()
    make.upload_all(user)
    with pytest.raises(LevelOutOfOrder):
        applications.apply(user=user, level=2)


def test_an_approved_level_above_a_missing_one_counts_for_nothing() -> None:
    user = make.level_two()
    Case.objects.filter(user=user, level=1).update(state=CaseState.REJECTED)
    assert entitlements.level_of(user) == 0


def test_level_two_names_the_documents_that_are_missing() -> None:
    user = make.level_one()
    make.upload_all(user, DocumentKind.ID_FRONT)
    with pytest.raises(DocumentsMissing) as refusal:
        applications.apply(user=user, level=2)
    assert refusal.value.kinds == ["id_back", "selfie"]
    assert Case.objects.get(user=user, level=2).state == CaseState.DRAFT


def test_a_passport_has_no_back() -> None:
    user = make.level_one(id_type="passport", id_number="312345678")
    make.upload_all(user, DocumentKind.ID_FRONT, DocumentKind.SELFIE)
    assert applications.apply(user=user, level=2).state == CaseState.SUBMITTED


def test_a_second_application_under_review_is_refused() -> None:
    case = make.submitted()
    with pytest.raises(UnderReview):
        applications.apply(user=case.user, level=2)


def test_an_approved_level_is_not_applied_for_again_without_new_documents() -> None:
    user = make.level_two()
    with pytest.raises(AlreadyApproved):
        applications.apply(user=user, level=2)


def test_documents_after_approval_open_a_new_case_and_keep_the_level() -> None:
    user = make.level_two()
    make.upload_all(user)
    assert applications.apply(user=user, level=2).state == CaseState.SUBMITTED
    assert entitlements.level_of(user) == 2
    assert Case.objects.filter(user=user, level=2).count() == 2


def test_level_three_needs_bank_book_and_account() -> None:
    user = make.level_two()
    make.upload_all(user, DocumentKind.BANK_BOOK)
    with pytest.raises(BankAccountMissing):
        applications.apply(user=user, level=3)
    case = applications.apply(user=user, level=3, bank_account=BANK)
    assert case.state == CaseState.SUBMITTED
    assert applications.bank_account_of(case).account_number == "012345678901"


def test_the_extended_programme_asks_five_images_and_the_questionnaire() -> None:
    user = make.level_one()
    make.upload_all(user)
    with pytest.raises(DocumentsMissing) as refusal:
        applications.apply(user=user, level=2, programme=Programme.EXTENDED, questionnaire=GOOD_ANSWERS)
    assert refusal.value.kinds == ["second_id", "proof_of_address"]
    make.upload_all(user, DocumentKind.SECOND_ID, DocumentKind.PROOF_OF_ADDRESS)
    with pytest.raises(QuestionnaireMissing):
        applications.apply(user=user, level=2, programme=Programme.EXTENDED)
    case = applications.apply(user=user, level=2, programme=Programme.EXTENDED, questionnaire=GOOD_ANSWERS)
    assert applications.questionnaire_of(case) == GOOD_ANSWERS


@pytest.mark.parametrize(
    ("change", "question"),
    [
        ({"q1": {"value": "fun"}}, "q1"),
        ({"q1": {"value": "other"}}, "q1"),
        ({"q2": {"value": "yes", "other_value": " "}}, "q2"),
        ({"q3": "1_to_3"}, "q3"),
        ({"q3": {"value": ["1_to_3"]}}, "q3"),
        ({"q4": None}, "q4"),
        ({"q9": {"value": "no"}}, "q9"),
    ],
)
def test_an_answer_outside_the_questionnaire_is_named(change: dict[str, Any], question: str) -> None:
    user = make.level_one()
    make.upload_all(user)
    with pytest.raises(QuestionnaireInvalid) as refusal:
        applications.apply(user=user, level=2, questionnaire={**GOOD_ANSWERS, **change})
    assert refusal.value.question == question
    assert Case.objects.get(user=user, level=2).state == CaseState.DRAFT


@pytest.mark.parametrize(("state", "target"), CASE_FLOW.illegal())
def test_a_move_outside_the_flow_is_refused_and_leaves_no_trace(state: str, target: str) -> None:
    case = Case(user_id=1, level=2, state=state)
    with pytest.raises(IllegalMove):
        cases.move(case, target, actor=None)
    assert case.state == state
    assert not CaseEvent.objects.exists()
