"""Under a legal hold nothing goes: not the account's family, not a file, not a message."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors.privacy import AlreadyErased, UnderLegalHold
from accounts.models import Erasure, LegalHold, User
from accounts.models.users import Status
from accounts.services import legal_holds
from accounts.services.officers import Act
from config.kit import clock
from kyc.models import Retention
from kyc.services import retention
from tests import factories_kyc as make
from tests.accounts.threads import at_once
from tests.factories_around import sub_account
from wallet.services import leaving

pytestmark = pytest.mark.django_db
OPERATOR = Act(reason="the customer asked", by="ops")


def held(customer: User) -> LegalHold:
    """A hold on the customer."""
    return legal_holds.place(customer=customer, act=Act(reason="court order 7", officer=make.officer()))


def closed_family() -> tuple[User, User]:
    """A customer whose account ended, and the sub-account that was removed before."""
    parent = make.customer()
    child = sub_account(parent)
    User.objects.filter(pk=child.pk).update(status=Status.DELETED)
    return leaving.close(customer=parent, act=OPERATOR), child


def test_a_hold_on_a_sub_account_holds_its_whole_family() -> None:
    parent, child = closed_family()
    hold = held(child)
    with pytest.raises(UnderLegalHold):
        leaving.erase(customer=parent, act=OPERATOR)
    with pytest.raises(IntegrityError, match="held or erased"), transaction.atomic():
        Erasure.objects.create(customer=parent, reason="by hand", at=clock.now())
    Retention.objects.filter(user=parent).update(retain_until=clock.now())
    assert list(retention.accounts_due()) == []
    legal_holds.ask_lift(hold_id=hold.public_id, act=Act(reason="over", officer=make.officer()))
    legal_holds.agree_lift(hold_id=hold.public_id, act=Act(reason="over", officer=make.officer()))
    assert list(retention.accounts_due()) == [parent]
    leaving.erase(customer=parent, act=OPERATOR)
    with pytest.raises(AlreadyErased):
        held(child)
    with pytest.raises(IntegrityError, match="held or erased"), transaction.atomic():
        LegalHold.objects.create(customer=child, placed_by=make.officer(), reason="by hand", since=clock.now())


def test_a_hold_on_a_sub_account_and_the_erasure_of_its_parent_at_once_are_never_both_true(real_db: None) -> None:
    parent, child = closed_family()
    officer = make.officer()

    def act(number: int) -> Any:
        if number:
            return legal_holds.place(customer=child, act=Act(reason="court order 7", officer=officer))
        return leaving.erase(customer=parent, act=OPERATOR)

    found = [type(one).__name__ for one in at_once(2, act)]
    assert found in (["Erased", "AlreadyErased"], ["UnderLegalHold", "LegalHold"])
