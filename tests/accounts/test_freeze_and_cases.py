"""A recovery case that was open when its owner froze the account lifts no freeze and removes no factor."""

from __future__ import annotations

import pytest

from accounts.models import Authenticator, User
from accounts.models.recovery import CaseState, RecoveryCause
from accounts.models.sessions import SignedInBy
from accounts.models.users import Status
from accounts.services import freezing, link_acts, login, recovery_completion
from tests.factories_accounts import CLIENT
from tests.factories_messaging import read_message
from tests.factories_recovery import let_time_pass, link_token, waiting

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("by_link", [False, True])
def test_a_freeze_ends_the_case_that_was_open_and_its_time_opens_nothing(by_link: bool) -> None:
    case = waiting()
    if by_link:
        link_acts.press(link_token(case.user), client=CLIENT)
    else:
        freezing.freeze(user=case.user, client=CLIENT)
    let_time_pass(case)
    assert recovery_completion.complete_due() == 0
    case.refresh_from_db()
    assert case.state == CaseState.CANCELLED
    assert User.objects.get(pk=case.user_id).status == Status.LOCKED
    assert Authenticator.objects.filter(user=case.user).exists()
    read_message(case.user.email or "", "recovery_cancelled")


def test_the_owners_word_beside_an_officers_freeze_ends_the_case_too() -> None:
    case = waiting()
    freezing.freeze_by_staff(user=case.user, by="ops", reason="suspicious log-ins", client=CLIENT)
    case.refresh_from_db()
    assert case.state == CaseState.WAITING
    freezing.freeze(user=case.user, client=CLIENT)
    case.refresh_from_db()
    assert case.state == CaseState.CANCELLED


def test_a_case_of_after_the_freeze_lifts_it_though_freezing_was_asked_for_again() -> None:
    case = waiting()
    freezing.freeze(user=case.user, client=CLIENT)
    later = waiting(case.user, RecoveryCause.FREEZE)
    freezing.freeze(user=case.user, client=CLIENT)
    let_time_pass(later)
    assert recovery_completion.complete_due() == 1
    assert User.objects.get(pk=case.user_id).status == Status.NORMAL


def test_a_fingerprint_log_in_does_not_end_the_case_of_a_lost_authenticator() -> None:
    case = waiting()
    login.admit(user=case.user, device=None, client=CLIENT, by=SignedInBy.APP_TOKEN, is_proven=True)
    case.refresh_from_db()
    assert case.state == CaseState.WAITING
