"""The keys of a frozen customer stop with the next request, and so do those of the sub-accounts."""

from __future__ import annotations

import pytest

from accounts.models import RegisterType, User
from accounts.services import freezing
from config.kit.clock import now
from tests.apikeys import people
from tests.factories_accounts import CLIENT

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.apikeys.urls")]


def test_a_signed_request_right_after_the_freeze_is_refused_and_the_key_comes_back_with_the_account():
    ada = people.customer()
    client = people.signer(people.issue(ada))
    assert people.send(client.sign("GET", "/api/v1/reading")).status_code == 200
    freezing.freeze_by_staff(user=ada, by="ops", reason="suspicious log-ins", client=CLIENT)
    refused = people.send(client.sign("GET", "/api/v1/reading"))
    assert (refused.status_code, refused.json()["slug"]) == (401, "apikeys.key_refused")
    freezing.thaw_by_staff(user=ada, by="ops", reason="cleared by phone", client=CLIENT)
    assert people.send(client.sign("GET", "/api/v1/reading")).status_code == 200


def test_a_sub_accounts_key_stops_with_the_parent():
    ada = people.customer()
    client = people.signer(people.issue(ada))
    parent = User.objects.create(email="parent@example.com", register_type=RegisterType.EMAIL, registered_at=now())
    User.objects.filter(pk=ada.pk).update(parent=parent, email=None, username="robots", register_type=RegisterType.SUB_ACCOUNT)
    freezing.freeze(user=parent, client=CLIENT)
    assert people.send(client.sign("GET", "/api/v1/reading")).status_code == 401
