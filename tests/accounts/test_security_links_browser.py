"""The page of the links in a real browser: the token leaves the address, looking does nothing, one button acts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import AccountFreeze, SecurityLink
from accounts.models.recovery import LinkAct
from accounts.services import freezing
from tests.factories_accounts import customer
from tests.factories_recovery import link_token, opened

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed: the page is not seen in a browser"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield started
        connection.close()  # while the driver's loop runs, Django keeps a connection of its own for it
        started.close()


def page_in(browser: Browser, *, size: dict[str, int], locale: str = "en", scripts: bool = True) -> tuple[Page, list[str]]:
    context = browser.new_context(viewport=size, locale=locale, java_script_enabled=scripts)
    page = context.new_page()
    seen: list[str] = []
    page.on("console", lambda message: seen.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: seen.append(f"error: {error}"))
    page.on("request", lambda request: seen.append(f"{request.method} {request.url} {request.headers.get('referer', '')}"))
    return page, seen


@pytest.mark.parametrize(
    ("size", "locale"), [(DESKTOP, "en-GB"), (PHONE, "zh-TW"), (PHONE, "zh-CN")], ids=["desktop", "phone", "phone-cn"]
)
def test_a_victim_freezes_by_one_button(
    browser: Browser, live_server: LiveServer, tmp_path: Path, size: dict[str, int], locale: str
) -> None:
    user = customer()
    token = link_token(user)
    page, seen = page_in(browser, size=size, locale=locale)
    page.goto(f"{live_server.url}/security/links#{token}")
    button = page.locator("button.danger")
    button.wait_for()
    page.screenshot(path=tmp_path / "confirm.png")
    assert token not in page.url
    assert freezing.current(user) is None
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = button.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= size["height"]
    button.click()
    page.locator(".mark.good").wait_for()
    page.screenshot(path=tmp_path / "done.png")
    assert freezing.current(user) is not None
    page.goto(f"{live_server.url}/security/links#{token}")
    page.locator(".mark.bad").wait_for()
    page.screenshot(path=tmp_path / "refused.png")
    assert AccountFreeze.objects.count() == 1
    assert not [line for line in seen if token in line]
    assert not [line for line in seen if line.startswith("error:") or "Content Security" in line]


def test_opening_reloading_and_going_back_act_on_nothing(browser: Browser, live_server: LiveServer) -> None:
    user = customer()
    token = link_token(user)
    page, _ = page_in(browser, size=DESKTOP)
    for _ in range(3):
        page.goto(f"{live_server.url}/security/links#{token}")
        page.locator("button.danger").wait_for()
    page.reload()
    assert page.locator("form.paste").is_visible()
    page.go_back()
    assert freezing.current(user) is None
    assert SecurityLink.objects.get().used_at is None


def test_without_scripts_the_link_is_pasted(browser: Browser, live_server: LiveServer, tmp_path: Path) -> None:
    made = opened()
    token = link_token(made.case.user, LinkAct.CANCEL_RECOVERY, made.case)
    page, _ = page_in(browser, size=PHONE, scripts=False)
    page.goto(f"{live_server.url}/security/links#{token}")
    page.screenshot(path=tmp_path / "paste.png")
    page.get_by_label("Link or code").fill(f"  {live_server.url}/security/links#{token} ")
    page.get_by_role("button", name="Continue").click()
    cancel = page.get_by_role("button", name="Cancel the recovery")
    cancel.wait_for()
    page.screenshot(path=tmp_path / "cancel.png")
    cancel.click()
    page.locator(".mark.good").wait_for()  # a picture that is taken while the page changes can't be taken
    page.screenshot(path=tmp_path / "cancelled.png")
    made.case.refresh_from_db()
    assert made.case.state == "cancelled"
