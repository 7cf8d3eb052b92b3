"""The customer's page at the desk: what it shows, and the acts that officers of a role may do there."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from accounts.admin_site import SIGNED_IN_AT
from accounts.models import AuditRecord, Label, User
from accounts.services import labels, vip
from tests.factories_accounts import customer, officer
from tests.factories_around import act, sub_account

pytestmark = pytest.mark.django_db
WORDS = {"color": "#AA3300", "text_en": "VIP desk", "text_zh_cn": "贵宾专席", "text_zh_tw": "貴賓專席"}


def desk(*roles: str) -> Client:
    """A browser in which an officer of these roles is signed in."""
    client = Client()
    client.force_login(officer(*roles)[0])
    session = client.session
    session[SIGNED_IN_AT] = int(time.time())
    session.save()
    return client


def page(user: User) -> str:
    return f"/admin/accounts/user/{user.pk}/change/"


def label(key: str = "vip-desk") -> Label:
    return labels.save(label=Label(key=key, **WORDS), act=act())


def told(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def test_the_page_shows_family_tier_labels_and_settings() -> None:
    parent = customer()
    sub = sub_account(parent, username="desk.three", label="Third desk")
    vip.set_tier(customer=parent, level=3, act=act())
    labels.put_on(customer=parent, key=label().key, act=act())
    text = desk("compliance").get(page(parent)).content.decode()
    for shown in ("VIP 3, spread 0.35 %", "VIP desk", "desk.three", "Third desk", "Allows many devices", str(sub.uid)):
        assert shown in text, shown
    theirs = desk("auditor").get(page(sub)).content.decode()
    assert f">{parent.uid}</a>" in theirs
    assert "VIP 3, spread 0.35 %" in theirs
    assert "sub-account" in theirs


def test_treasury_sets_the_tier_with_a_reason() -> None:
    user, browser = customer(), desk("treasury")
    answer = browser.post(f"/admin/accounts/user/{user.pk}/tier/", {"level": "5", "reason": "contract 12"}, follow=True)
    assert told(answer) == f"The tier of {user.uid} is VIP 5."
    assert vip.level_of(User.objects.get(pk=user.pk)) == 5
    assert AuditRecord.objects.get(act="accounts.vip_tier_set").reason == "contract 12"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"level": "5"},
        {"level": "5", "reason": "  "},
        {"level": "x", "reason": "r"},
        {"level": "99", "reason": "r"},
        {"level": "5", "reason": "r" * 501},
    ],
)
def test_a_tier_without_a_reason_or_level_is_refused_on_the_page(body: dict[str, str]) -> None:
    user = customer()
    answer = desk("treasury").post(f"/admin/accounts/user/{user.pk}/tier/", body, follow=True)
    assert answer.status_code == 200
    assert told(answer)
    assert vip.level_of(User.objects.get(pk=user.pk)) == 0


def test_officers_of_other_roles_see_no_button_and_have_no_door() -> None:
    user = customer()
    label()
    for role in ("compliance", "auditor"):
        browser = desk(role)
        assert "Set tier" not in browser.get(page(user)).content.decode()
        assert browser.post(f"/admin/accounts/user/{user.pk}/tier/", {"level": "5", "reason": "r"}).status_code == 403
    auditor = desk("auditor")
    assert "Put on" not in auditor.get(page(user)).content.decode()
    wanted = {"label": "vip-desk", "change": "on", "reason": "r"}
    assert auditor.post(f"/admin/accounts/user/{user.pk}/labels/", wanted).status_code == 403
    assert Client().post(f"/admin/accounts/user/{user.pk}/labels/", wanted).status_code == 302
    assert labels.of_customer(user) == []


def test_the_acts_are_posts_for_customers_only() -> None:
    user, browser = customer(), desk("treasury")
    assert browser.get(f"/admin/accounts/user/{user.pk}/tier/").status_code == 405
    assert browser.post("/admin/accounts/user/999999999/tier/", {"level": "1", "reason": "r"}).status_code == 404
    other = officer()[0]
    refused = browser.post(f"/admin/accounts/user/{other.pk}/tier/", {"level": "1", "reason": "r"}, follow=True)
    assert "officer" in told(refused)
    assert "Set tier" not in browser.get(page(other)).content.decode()


def test_a_label_is_put_on_and_taken_off_on_the_page() -> None:
    user, browser = customer(), desk("compliance")
    label()
    address = f"/admin/accounts/user/{user.pk}/labels/"
    on = browser.post(address, {"label": "vip-desk", "change": "on", "reason": "friend"}, follow=True)
    assert told(on) == "The label vip-desk is on."
    assert [one.key for one in labels.of_customer(user)] == ["vip-desk"]
    off = browser.post(address, {"label": "vip-desk", "change": "off", "reason": "no more"}, follow=True)
    assert told(off) == "The label vip-desk is off."
    assert labels.of_customer(user) == []
    assert told(browser.post(address, {"label": "none", "change": "on", "reason": "r"}, follow=True))


def test_labels_are_edited_with_a_reason_and_recorded() -> None:
    browser = desk("compliance")
    given = {"key": "watch", **WORDS, "is_shown_to_customer": "on", "reason": "for the desk"}
    assert browser.post("/admin/accounts/label/add/", given).status_code == 302
    made = Label.objects.get(key="watch")
    assert AuditRecord.objects.get(act="accounts.label_added").reason == "for the desk"
    changed = {**given, "text_en": "Watched"}
    assert browser.post(f"/admin/accounts/label/{made.pk}/change/", changed).status_code == 302
    made.refresh_from_db()
    assert made.text_en == "Watched"
    for wrong in ({"reason": ""}, {"color": "red"}, {"key": "Über"}, {"text_zh_tw": ""}):
        assert browser.post(f"/admin/accounts/label/{made.pk}/change/", {**changed, **wrong}).status_code == 200
    assert AuditRecord.objects.filter(act="accounts.label_changed").count() == 1


def test_who_may_not_edit_labels_reads_them() -> None:
    made, browser = label(), desk("auditor")
    assert "VIP desk" in browser.get("/admin/accounts/label/").content.decode()
    assert browser.get(f"/admin/accounts/label/{made.pk}/change/").status_code == 200
    assert browser.get("/admin/accounts/label/add/").status_code == 403
    assert browser.post(f"/admin/accounts/label/{made.pk}/change/", {"key": "x", **WORDS, "reason": "r"}).status_code == 403
    assert browser.post(f"/admin/accounts/label/{made.pk}/delete/", {"post": "yes"}).status_code == 403


def test_tiers_and_countries_are_shown_and_not_edited() -> None:
    browser = desk("compliance")
    assert "0.35 %" in browser.get("/admin/accounts/viptier/").content.decode()
    assert "Taiwan" in browser.get("/admin/accounts/country/?q=TW").content.decode()
    assert browser.post("/admin/accounts/viptier/3/change/", {"name": "x"}).status_code == 403
