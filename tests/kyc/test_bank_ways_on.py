"""Level 3 has a way on: the same account again, another one while the case is sent back, one that nobody can verify."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.officers import Act
from config.kit import clock
from kyc import errors
from kyc.models import BankAccount, BankAccountState, Case, CaseState
from kyc.services import applications, bank_accounts, bank_uses, decisions, entitlements, lowering
from kyc.services.bank_details import BankDetails
from messaging.models import Message
from tests import factories_kyc as make
from tests.kyc.test_bank_accounts import FIRST, SECOND, add, applied, approve, remove, verify
from tests.kyc.test_grounds import refuse, send_back

pytestmark = pytest.mark.django_db
THIRD = BankDetails("TW", "822", "999999999999", "0001")


@pytest.fixture
def user() -> User:
    """Of level 3."""
    return approve(applied())


def states(user: User) -> list[str]:
    """Of the customer's accounts, oldest first."""
    return list(BankAccount.objects.filter(user=user).order_by("id").values_list("state", flat=True))


def lowered(user: User) -> User:
    """Back to level 2; the account stays verified."""
    lowering.lower(user=user, to_level=2, act=Act(reason="checked_anew", by="ops"))
    return user


def test_a_case_after_a_lowered_level_may_name_the_same_account(user: User) -> None:
    lowered(user)
    make.upload_all(user, "bank_book")
    with pytest.raises(errors.BankAccountMissing):
        applications.apply(user=user, level=3)
    case = applications.apply(user=user, level=3, bank_account=FIRST)
    assert states(user) == ["verified", "pending"]
    approve(case)
    assert (states(user), entitlements.level_of(user)) == (["replaced", "verified"], 3)
    refuse(BankAccount.objects.get(case=case))
    assert entitlements.level_of(user) == 2


def test_the_same_account_of_a_renewal_stays_good_meanwhile_and_whatever_comes_of_the_case(user: User) -> None:
    account = BankAccount.objects.get(user=user)
    case = applied(user)
    assert bank_uses.verified(user, str(account.public_id)) == account
    make.decide(decisions.reject, case, reason="not_acceptable")
    assert (states(user), entitlements.level_of(user)) == (["verified", "refused"], 3)
    assert bank_uses.verified(user, str(account.public_id)) == account


def test_the_same_account_does_not_cool_down_anew_and_no_sooner(user: User, settings: Any) -> None:
    settings.BANK_ACCOUNT_COOLDOWN_SECONDS = 3600
    former = BankAccount.objects.get(user=user)
    until = clock.now() + timedelta(seconds=60)
    BankAccount.objects.filter(pk=former.pk).update(usable_from=until)
    approve(applied(user))
    assert BankAccount.objects.get(user=user, state="verified").usable_from == until
    approve(applied(user, SECOND))
    assert BankAccount.objects.get(user=user, state="verified").usable_from > until


def test_an_account_that_was_added_may_become_that_of_the_case(user: User) -> None:
    verify(add(user))
    approve(applied(user, SECOND))
    assert states(user) == ["replaced", "replaced", "verified"]


def test_one_account_stands_once_in_a_state(user: User) -> None:
    applied(user)
    waiting = BankAccount.objects.get(user=user, state=BankAccountState.PENDING)
    with pytest.raises(IntegrityError, match="kyc_bank_account_once_in_a_state"), transaction.atomic():
        BankAccount.objects.filter(pk=waiting.pk).update(
            state="verified", officer=make.officer(), seen_hash=b"0" * 32, decided_at=clock.now()
        )
    with pytest.raises(errors.UnderReview):
        add(user, FIRST)


def test_the_same_account_given_again_with_a_case_sent_back_is_no_other_account() -> None:
    case = send_back(applied())
    told = Message.objects.filter(user=case.user, template="bank_account_added").count()
    applied(case.user, BankDetails("TW", "005", "6009-0100-005777", "0012", holder="Mei-Hua Lin"))
    assert states(case.user) == ["pending"]
    assert Message.objects.filter(user=case.user, template="bank_account_added").count() == told
    send_back(case)
    applied(case.user, BankDetails("TW", "005", "60090100005777", "0013"))
    assert states(case.user) == ["replaced", "pending"]


@pytest.mark.parametrize("resubmitted_with", [None, SECOND, FIRST, THIRD])
def test_an_account_added_while_the_case_is_sent_back_is_that_of_the_case(resubmitted_with: BankDetails | None) -> None:
    case = send_back(applied())
    account = add(case.user)
    assert (account.case_id, states(case.user)) == (case.pk, ["replaced", "pending"])
    assert add(case.user) == account
    make.upload_all(case.user, "bank_book")
    again = applications.apply(user=case.user, level=3, bank_account=resubmitted_with)
    assert again.state == CaseState.RESUBMITTED
    approve(again)
    assert entitlements.level_of(case.user) == 3
    assert BankAccount.objects.filter(user=case.user, state="verified").count() == 1


def test_while_the_case_is_sent_back_its_own_account_is_taken_again_as_it_is() -> None:
    case = send_back(applied())
    assert add(case.user, FIRST) == BankAccount.objects.get(case=case)


def test_a_pending_account_that_nobody_can_verify_any_more_makes_room(user: User) -> None:
    waiting = add(user)
    with pytest.raises(errors.BankAccountPending):
        applied(user, THIRD)
    lowered(user)
    case = applications.apply(user=user, level=3, bank_account=SECOND)
    waiting.refresh_from_db()
    assert (waiting.state, bank_accounts.standing(user).verification) == ("replaced", "pending")
    approve(case)
    assert states(user) == ["replaced", "replaced", "verified"]


def test_a_case_sent_back_before_is_not_stopped_by_an_account_that_waits_beside_it() -> None:
    case = send_back(applied())
    with transaction.atomic():
        row = BankAccount.objects.get(case=case)
        BankAccount.objects.filter(pk=row.pk).update(state="replaced")
        BankAccount.objects.filter(pk=row.pk).update(state="pending", case=None)
    assert bank_accounts.standing(case.user).allow_change
    make.upload_all(case.user, "bank_book")
    assert applications.apply(user=case.user, level=3, bank_account=FIRST).state == CaseState.RESUBMITTED
    assert Case.objects.get(pk=case.pk).bank_accounts.get().state == "pending"


def test_a_removed_account_may_be_named_by_a_case_again(user: User) -> None:
    lowered(user)
    remove(user, BankAccount.objects.get(user=user))
    approve(applied(user))
    assert states(user) == ["removed", "verified"]
