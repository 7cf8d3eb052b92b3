"""Opening futures on bhex."""

from __future__ import annotations

import pytest

from accounts.models import User
from config.kit.clock import now
from tests import levels
from tests.dialects.bhex import people
from wallet.services import futures

pytestmark = pytest.mark.django_db(transaction=True)
PATHS = ["/api/user/open/futures", "/api/user/open/contract", "/mapi/user/open/futures"]


@pytest.mark.parametrize("path", PATHS)
def test_futures_open_and_asking_again_succeeds_again(path: str) -> None:
    person = people.signed_up()
    user = User.objects.get(phone=person.phone)
    levels.give(user, 2, at=now())
    for asked in (path, *PATHS):
        assert person.browser.post(asked).json() == {"success": True}
    assert futures.standing(user).is_open


@pytest.mark.parametrize("path", PATHS)
def test_who_may_not_trade_or_is_not_signed_in_opens_nothing(path: str) -> None:
    person = people.signed_up()
    answer = person.browser.post(path)
    assert (answer.status_code, answer.json()["code"]) == (400, 30080)
    assert not futures.standing(User.objects.get(phone=person.phone)).is_open
    assert people.Browser().post(path).json()["code"] == 30000
