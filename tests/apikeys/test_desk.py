"""The officers' pages of API keys."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import RegisterType, User
from apikeys.models import ApiKey, State
from apikeys.services import keys
from config.kit.clock import now
from messaging.models import Channel, Message, Purpose
from messaging.services.catalogue import TEMPLATES
from messaging.services.outbox import open_contents
from tests.apikeys import people
from tests.factories_accounts import officer
from tests.factories_messaging import read_message
from tests.messaging.test_desk import signed_in
from tests.messaging.test_templates import rendered

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


def test_whatever_becomes_of_a_key_is_told_on_every_channel_and_of_a_sub_accounts_to_its_parent() -> None:
    ada = people.customer()
    User.objects.filter(pk=ada.pk).update(phone="+886912345678")
    ada.refresh_from_db()
    child = User.objects.create(parent=ada, username="desk.one", register_type=RegisterType.SUB_ACCOUNT, registered_at=now())
    for owner in (ada, child):
        told = Message.objects.filter(user__in=(ada, child), template__startswith="api_key_")
        told.delete()
        made = keys.create(
            customer=ada,
            proof=people.proof(ada),
            label="robot",
            scopes=["read"],
            sub_account=str(child.uid) if owner == child else "",
        ).api_key
        changed = people.proof(ada, Purpose.API_KEY_CHANGE)
        keys.change(customer=ada, public_id=made.public_id, proof=changed, enabled=False)
        made.refresh_from_db()
        keys.disable(api_key=made, officer=officer("compliance", email=f"{owner.pk}@ops.example")[0], reason="stolen")
        keys.delete(customer=ada, public_id=made.public_id, proof=people.proof(ada, Purpose.API_KEY_DELETE))
        assert sorted(told.values_list("template", "channel")) == sorted(
            (template, channel)
            for template in ("api_key_created", "api_key_changed", "api_key_changed", "api_key_deleted")
            for channel in ("email", "sms")
        )
        assert {open_contents(message).destination for message in told} == {ada.email, ada.phone}


def test_a_notice_tells_what_the_key_is_now_and_may_do_and_when() -> None:
    ada = people.customer()
    issued = people.issue(ada, scopes=("read", "withdraw"), networks=("192.0.2.0/24",))
    made = read_message(ada.email or "", "api_key_created").facts
    assert (made["name"], made["scopes"], made["time"][-3:]) == ("robot", "read, withdraw", "UTC")
    proof = people.proof(ada, Purpose.API_KEY_CHANGE)
    keys.change(customer=ada, public_id=issued.api_key.public_id, proof=proof, enabled=False, networks=["192.0.2.7"])
    facts = read_message(ada.email or "", "api_key_changed").facts
    said = rendered(TEMPLATES["api_key_changed"], "en", Channel.EMAIL, facts=facts).text
    assert "Name: robot\nThe key is now: paused\nNetworks: 192.0.2.7\nTime: " in said
    keys.disable(api_key=issued.api_key, officer=officer("compliance")[0], reason="a stolen device")
    facts = read_message(ada.email or "", "api_key_changed").facts
    for language, words in {"en": "stopped by us", "zh-CN": "已被我方停用", "zh-TW": "已由我方停用"}.items():
        mail = rendered(TEMPLATES["api_key_changed"], language, Channel.EMAIL, facts=facts)
        assert words in mail.text
        assert words in mail.html
        assert "a stolen device" not in mail.text
