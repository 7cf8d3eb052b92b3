"""What a level stands on: the level below, and a bank account that an officer verified."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditRecord, User
from accounts.services.officers import Act
from config.kit.clock import now
from kyc import errors
from kyc.models import BankAccount, Case, CaseEvent, CaseState, Document
from kyc.services import bank_accounts, bank_review, decisions, entitlements, expiry, lowering, unmasking
from messaging.models import Message, Notice
from messaging.services import inbox
from tests import factories_kyc as make
from tests.factories_messaging import read_message
from tests.kyc.test_bank_accounts import SECOND, add, applied, approve, remove, verify
from tests.kyc.test_one_step import BORN
from tests.kyc.test_one_step import submitted as by_one_step

pytestmark = pytest.mark.django_db


def lower(user: User, to_level: int) -> list[Case]:
    """By the operators' command."""
    return lowering.lower(user=user, to_level=to_level, act=Act(reason="checked_anew", by="ops"))


def refuse(account: BankAccount) -> BankAccount:
    """The officer's word, after the masks were opened."""
    officer = make.officer()
    unmasking.reveal(account.user, bank_review.OPENED, officer, "review")
    seen = bank_review.fingerprint(account)
    return bank_review.refuse(account_id=account.public_id, officer=officer, seen=seen, reason="bank_account_differs")


@pytest.fixture
def user() -> User:
    """Of level 3."""
    return approve(applied())


def send_back(case: Case) -> Case:
    """The bank book is asked again."""
    refused = list(Document.objects.filter(case=case).exclude(state="replaced").values_list("public_id", flat=True))[-1:]
    make.decide(decisions.send_back, case, refused=refused, reason="bank_account_differs")
    case.refresh_from_db()
    return case


@pytest.mark.parametrize("make_case", [applied, make.submitted])
def test_a_level_is_not_approved_while_the_one_below_is_missing(make_case: Any) -> None:
    case = make_case()
    lower(case.user, 0)
    told = Message.objects.filter(user=case.user).count()
    with pytest.raises(errors.LevelOutOfOrder) as refusal:
        make.decide(decisions.approve, case)
    assert (refusal.value.level, refusal.value.required_level) == (case.level, case.level - 1)
    case.refresh_from_db()
    assert (case.state, entitlements.level_of(case.user)) == (CaseState.SUBMITTED, 0)
    assert not BankAccount.objects.filter(user=case.user, state="verified").exists()
    assert Message.objects.filter(user=case.user).count() == told


def test_a_case_that_waits_may_be_sent_back_or_rejected_whatever_level_is_left() -> None:
    back, ended = applied(), applied()
    for case in (back, ended):
        lower(case.user, 0)
    send_back(back)
    make.decide(decisions.reject, ended, reason="not_acceptable")
    ended.refresh_from_db()
    assert (back.state, ended.state) == (CaseState.SENT_BACK, CaseState.REJECTED)


def test_no_account_is_named_for_a_case_sent_back_whose_level_below_is_gone() -> None:
    case = send_back(applied())
    lower(case.user, 0)
    assert not bank_accounts.standing(case.user).allow_change
    with pytest.raises(errors.NotEntitled) as refusal:
        add(case.user)
    assert (refusal.value.level, refusal.value.required_level) == (0, 2)


def test_an_account_of_its_own_is_not_verified_without_level_three(user: User) -> None:
    account = add(user)
    lower(user, 0)
    told = Message.objects.filter(user=user, template="kyc_lowered").count()
    view = bank_review.look(account_pk=account.pk, officer=make.officer())
    assert not view.may_verify
    with pytest.raises(errors.NotEntitled):
        verify(account)
    assert refuse(account).state == "refused"
    assert Message.objects.filter(user=user, template="kyc_lowered").count() == told


def test_level_three_ends_with_the_verification_of_its_account(user: User) -> None:
    refuse(BankAccount.objects.get(user=user))
    assert entitlements.level_of(user) == 2
    case = Case.objects.get(user=user, level=3)
    event = CaseEvent.objects.filter(case=case).latest("id")
    assert (event.to_state, event.reason) == ("revoked", "bank_account_differs")
    record = AuditRecord.objects.get(act="kyc.level_lowered")
    assert record.facts == {"from": "3", "to": "2", "customer": str(user.uid), "case": str(case.public_id)}
    assert record.reason == "bank_account_differs"
    facts = read_message(user.email or "", "kyc_lowered").facts
    assert (facts["level"], facts["reason"]) == ("2", "The bank book shows another holder or account.")


def test_level_three_outlives_a_further_account_and_ends_with_its_own(user: User) -> None:
    own, further = BankAccount.objects.get(user=user), verify(add(user))
    refuse(further)
    assert entitlements.level_of(user) == 3
    verify(add(user))
    refuse(own)
    assert entitlements.level_of(user) == 2


def test_level_three_ends_with_the_last_verified_account(user: User) -> None:
    remove(user, BankAccount.objects.get(user=user))
    assert entitlements.level_of(user) == 3
    refuse(add(user))
    assert entitlements.level_of(user) == 3  # it was never verified
    last = verify(add(user, SECOND))
    refuse(last)
    assert entitlements.level_of(user) == 2


@pytest.fixture
def dormant(user: User) -> User:
    """Of level 1: the document of level 2 has run out, and level 3 would stand again with another."""
    Case.objects.filter(user=user, level=2).update(document_expires_on=now().date() - timedelta(days=1))
    assert expiry.lower() == 1
    assert entitlements.level_of(user) == 1
    return user


def approvals(user: User) -> list[str]:
    """The levels that the customer was told of, in order."""
    told = Notice.objects.filter(user=user, template="kyc_approved").order_by("id")
    titles = [inbox.read(notice, language="en").title for notice in told]
    return [title.removeprefix("Your identity check was approved: level ") for title in titles]


def test_a_lead_takes_a_level_that_would_come_back(dormant: User) -> None:
    with pytest.raises(errors.LevelNotLower) as refusal:
        lower(dormant, 3)
    assert refusal.value.level == 3
    (revoked,) = lower(dormant, 2)
    assert (revoked.level, revoked.state) == (3, CaseState.REVOKED)
    assert AuditRecord.objects.filter(act="kyc.level_lowered").latest("id").facts["from"] == "3"
    make.level_two(dormant)
    assert entitlements.level_of(dormant) == 2
    with pytest.raises(errors.LevelNotLower):
        lower(dormant, 2)


def test_each_level_that_comes_back_is_told(dormant: User) -> None:
    assert approvals(dormant) == ["1", "2", "3"]
    make.level_two(dormant)
    assert entitlements.level_of(dormant) == 3
    assert approvals(dormant) == ["1", "2", "3", "2", "3"]
    make.level_two(dormant)  # a renewal takes nothing and gives nothing
    assert approvals(dormant)[5:] == ["3"]


def test_one_step_tells_of_both_its_levels() -> None:
    case = by_one_step()
    make.decide(decisions.approve, case, read=BORN)
    assert approvals(case.user) == ["1", "2"]
