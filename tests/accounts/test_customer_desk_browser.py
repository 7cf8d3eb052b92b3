"""The customer's page in a real browser, under the page's own policy: tabs, tier and labels."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.admin_site import SIGNED_IN_AT
from accounts.models import Label, User
from accounts.services import labels, vip
from tests.factories_accounts import customer, officer
from tests.factories_around import act, sub_account, sub_token

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed: the desk is not seen in a browser"),
]


@pytest.fixture
def page(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A browser page in which an officer is signed in; complaints of the page's console fail the test."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    client = Client()
    client.force_login(officer("treasury", "compliance")[0])
    session = client.session
    session[SIGNED_IN_AT] = int(time.time())
    session.save()
    complaints: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        context = browser.new_context(viewport={"width": 1440, "height": 1000})
        name = "staff_session"
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        opened = context.new_page()
        opened.on("console", lambda message: complaints.append(f"{message.text} {message.location['url']}"))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        yield opened
        connection.close()  # while the driver's loop runs, Django keeps a connection of its own for it
        browser.close()
    assert not [complaint for complaint in complaints if "favicon.ico" not in complaint]


@pytest.mark.django_db(transaction=True)
def test_an_officer_sees_the_family_and_sets_tier_and_label(page: Page, live_server: LiveServer, tmp_path: Path) -> None:
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
