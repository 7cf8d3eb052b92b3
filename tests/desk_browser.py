"""The staff desk in a real browser: a page in which an officer is signed in, whose console complains of nothing."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.admin_site import SIGNED_IN_AT
from tests.factories_accounts import officer

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
IN_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed: the desk is not seen in a browser"),
]
"""What a file's `pytestmark` says of tests that use the page."""


@pytest.fixture
def desk_page(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A browser page in which an officer of treasury and compliance is signed in; complaints of its console fail the test."""
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
