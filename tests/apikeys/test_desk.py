"""The officers' pages of API keys."""

from __future__ import annotations

import pytest
from django.test import Client

from apikeys.models import ApiKey, State
from apikeys.services import keys
from messaging.models import Purpose
from tests.apikeys import people
from tests.factories_accounts import officer
from tests.messaging.test_desk import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    made, _ = officer("compliance")
    return signed_in(made)


def test_a_customers_page_leads_to_the_customers_keys(desk: Client) -> None:
    ada, bob = people.customer(), people.customer("bob@example.com")
    mine, others = people.issue(ada).api_key, people.issue(bob).api_key
    page = desk.get(f"/admin/accounts/user/{ada.pk}/change/").content.decode()
    way = f"/admin/apikeys/apikey/?q={ada.uid}"
    assert way in page
    listed = desk.get(way).content.decode()
    assert mine.key in listed
    assert others.key not in listed


def test_a_key_that_its_owner_paused_can_be_disabled_for_good(desk: Client) -> None:
    ada = people.customer()
    issued = people.issue(ada)
    proof = people.proof(ada, Purpose.API_KEY_CHANGE)
    keys.change(customer=ada, public_id=issued.api_key.public_id, proof=proof, enabled=False)
    way = f"/admin/apikeys/apikey/{issued.api_key.pk}/"
    assert f"{way}disable/" in desk.get(f"{way}change/").content.decode()
    desk.post(f"{way}disable/", {"reason": "a stolen device"})
    assert ApiKey.objects.get().state == State.DISABLED
    assert f"{way}disable/" not in desk.get(f"{way}change/").content.decode()
    assert desk.get("/admin/apikeys/apikey/²/change/").status_code in {302, 404}
