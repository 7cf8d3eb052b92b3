"""A queue by keyboard alone, in a real browser under the page's own policy: rows, claim, search, file."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.desk_browser import IN_BROWSER, desk_page
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.conftest import network
from wallet.models import DeskClaim

__all__ = ["desk_page", "network"]
pytestmark = IN_BROWSER


@pytest.mark.django_db(transaction=True)
def test_an_officer_walks_the_queue_takes_a_case_and_opens_another_by_keys(
    desk_page: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    page, user = desk_page, arrange.customer()
    first, second = (arrange.confirmed(user, amount=amount) for amount in ("1", "2"))
    queue = f"{live_server.url}/admin/wallet/withdrawal/"
    page.goto(queue)
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    assert str(first.public_id) in page.locator("tr.at").inner_text()
    page.screenshot(path=tmp_path / "queue.png")
    page.keyboard.press("c")
    page.get_by_text("On your desk until").wait_for()
    assert page.url.endswith(f"/{first.public_id}/change/")
    assert DeskClaim.objects.get().subject == f"withdrawal:{first.public_id}"
    page.screenshot(path=tmp_path / "case.png", full_page=True)
    page.goto(queue)
    page.keyboard.press("/")
    page.keyboard.type("jjc")  # what is typed into the search moves nothing
    assert page.locator("tr.at").count() == 0
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Approve").wait_for()
    assert page.url.endswith(f"/{second.public_id}/change/")
    page.goto(queue)
    with page.expect_download() as file:
        page.get_by_role("link", name="Download as CSV").click()
    assert file.value.suggested_filename.startswith("withdrawal-")
    assert str(second.public_id) in Path(file.value.path()).read_text(encoding="utf-8-sig")
