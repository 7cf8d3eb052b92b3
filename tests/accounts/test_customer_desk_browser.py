"""The customer's page in a real browser, under the page's own policy: tabs, tier and labels."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import Label, User
from accounts.services import labels, vip
from tests.desk_browser import IN_BROWSER, desk_page
from tests.factories_accounts import customer
from tests.factories_around import act, sub_account, sub_token

__all__ = ["desk_page"]
pytestmark = IN_BROWSER


@pytest.mark.django_db(transaction=True)
def test_an_officer_sees_the_family_and_sets_tier_and_label(desk_page: Page, live_server: LiveServer, tmp_path: Path) -> None:
    page = desk_page
    parent = customer(email="ada@example.com", username="Ada")
    first = sub_account(parent, username="desk.one", label="貨幣組")
    sub_account(parent, username="desk.two")
    sub_token(first)
    words = {"text_en": "VIP desk", "text_zh_cn": "贵宾专席", "text_zh_tw": "貴賓專席"}
    labels.save(label=Label(key="vip-desk", color="#AA3300", **words), act=act())
    labels.save(label=Label(key="watch", color="#0055CC", is_shown_to_customer=False, **words), act=act())
    page.goto(f"{live_server.url}/admin/accounts/user/{parent.pk}/change/")
    page.get_by_text("a***a@example.com").wait_for()
    page.get_by_label("email", exact=True).check()
    page.get_by_label("Reason for showing").fill("calls about a label")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("Shown for 5 minutes").wait_for()
    assert page.get_by_text("ada@example.com").first.is_visible()
    page.screenshot(path=tmp_path / "shown.png", full_page=True)
    page.get_by_label("VIP tier", exact=True).select_option("4")
    page.get_by_label("Reason for the tier").fill("contract 12")
    page.get_by_role("button", name="Set tier").click()
    page.get_by_label("Another label").select_option("vip-desk")
    page.get_by_label("Reason for the label").fill("house guest")
    page.get_by_role("button", name="Put on").click()
    page.get_by_text("The label vip-desk is on.").wait_for()
    page.screenshot(path=tmp_path / "customer.png", full_page=True)
    page.goto(f"{live_server.url}/admin/accounts/user/{parent.pk}/change/?tab=2#sub_accounts")
    page.get_by_text("貨幣組").wait_for()
    page.screenshot(path=tmp_path / "sub-accounts.png", full_page=True)
    page.goto(f"{live_server.url}/admin/accounts/user/{parent.pk}/change/?tab=3#login_records")
    page.get_by_text("sub-account added").first.wait_for()
    page.screenshot(path=tmp_path / "activity.png", full_page=True)
    page.goto(f"{live_server.url}/admin/accounts/user/{first.pk}/change/")
    page.screenshot(path=tmp_path / "sub-account.png", full_page=True)
    assert page.get_by_role("link", name=str(parent.uid)).is_visible()
    page.goto(f"{live_server.url}/admin/accounts/label/")
    page.screenshot(path=tmp_path / "labels.png")
    page.goto(f"{live_server.url}/admin/accounts/label/add/")
    page.screenshot(path=tmp_path / "label.png")
    assert vip.level_of(User.objects.get(pk=parent.pk)) == 4
