"""The page of a customer's safety in a real browser: a hold set, lengthened and proposed to end, the account frozen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import HoldShortening, SecurityHold, User
from accounts.models.users import Status
from tests.desk_browser import IN_BROWSER, desk_page
from tests.factories_accounts import customer

__all__ = ["desk_page"]
pytestmark = IN_BROWSER


@pytest.mark.django_db(transaction=True)
def test_an_officer_holds_money_and_freezes_the_account(desk_page: Page, live_server: LiveServer, tmp_path: Path) -> None:
    page, user = desk_page, customer(email="ada@example.com")
    page.goto(f"{live_server.url}/admin/accounts/user/{user.pk}/change/")
    page.get_by_role("link", name="Safety: freeze, sessions, holds").click()
    page.get_by_label("Hours", exact=True).fill("48")
    page.locator("section", has_text="Hold money").get_by_label("Reason").fill("says that the mailbox was robbed")
    page.get_by_role("button", name="Let no money leave").click()
    page.get_by_text("No money leaves until").wait_for()
    page.get_by_text("Propose an earlier end").click()
    page.locator("details", has_text="New end").get_by_label("Reason").fill("showed the card in a video call")
    page.get_by_role("button", name="Propose", exact=True).click()
    page.get_by_text("You proposed this").wait_for()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=tmp_path / f"safety-{scheme}-{width}.png", full_page=True)
    page.locator("section", has_text="Freeze the account").get_by_label("Reason").fill("asked by telephone")
    page.get_by_role("button", name="Freeze the account").click()
    page.get_by_text("The account is frozen.").wait_for()
    assert User.objects.get(pk=user.pk).status == Status.LOCKED
    assert (SecurityHold.objects.count(), HoldShortening.objects.get().state) == (1, "proposed")
