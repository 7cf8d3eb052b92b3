"""The desk's pages of keys in a real browser: found from the customer, why requests were refused, stopped with one click."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import AuditRecord
from apikeys.models import ApiKey, DailyCap, State
from tests.apikeys import people
from tests.factories_accounts import officer
from tests.messaging.test_desk import signed_in

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed: the desk is not seen in a browser"),
]


@pytest.fixture
def page(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A browser page in which a compliance officer is signed in; complaints of the page's console fail the test."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    cookies = signed_in(officer("compliance")[0]).cookies
    complaints: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        context = browser.new_context(viewport={"width": 1440, "height": 1000})
        name = "staff_session"
        context.add_cookies([{"name": name, "value": cookies[name].value, "url": live_server.url}])
        opened = context.new_page()
        opened.on("console", lambda message: complaints.append(f"{message.text} {message.location['url']}"))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        yield opened
        connection.close()  # while the driver's loop runs, Django keeps a connection of its own for it
        browser.close()
    assert not [complaint for complaint in complaints if "favicon.ico" not in complaint]


def test_an_officer_sees_why_a_key_was_refused_and_stops_it_with_a_reason_and_one_click(
    page: Page, live_server: LiveServer
) -> None:
    ada = people.customer()
    issued = people.issue(ada)
    DailyCap.objects.create(api_key=issued.api_key, coin="ETH", amount="1.5")
    client = people.signer(issued)
    people.send(client.sign("GET", "/api/v1/balances"))
    people.send(client.sign("GET", "/api/v1/statement?size=5&cursor=").with_header("X-Signature", "0" * 64))
    people.send(client.sign("GET", "/api/v1/balances").without_header("X-Nonce"))
    page.goto(f"{live_server.url}/admin/apikeys/apikey/?q={ada.uid}")
    row = page.locator("#result_list tbody tr")
    assert "active" in row.inner_text()
    page.get_by_role("link", name=issued.api_key.key).click()
    page.get_by_text("1.5 ETH").first.wait_for()
    said = page.locator("body").inner_text()
    assert "1.5 ETH" in said
    assert "apikeys.signature_wrong" in said
    assert "GET\n/api/v1/statement\ncursor=&size=5\n" in said
    assert "X-Nonce is missing" in said
    assert issued.secret not in page.content()
    page.locator("#disable-reason").fill("Found in a public repository")
    page.get_by_role("button", name="Disable").click()
    page.wait_for_load_state()
    assert "is disabled" in page.locator("body").inner_text()
    assert ApiKey.objects.get().state == State.DISABLED
    assert AuditRecord.objects.get(act="apikeys.disable").reason == "Found in a public repository"
    assert people.send(client.sign("GET", "/api/v1/balances")).status_code == 401
