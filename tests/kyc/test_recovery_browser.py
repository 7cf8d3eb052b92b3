"""The desk of recovery cases in a real browser: the selfie beside the verified face, and one form to decide with."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts import step_up
from accounts.models.recovery import CaseState, RecoveryCause
from accounts.services import freezing, recovery_cases
from kyc.models import DocumentKind
from kyc.services import applications, decisions, documents, recovery_selfies
from tests import factories_kyc as make
from tests.factories_accounts import CLIENT
from tests.factories_recovery import code_for
from tests.kyc import pictures
from tests.kyc.conftest import signed_in
from tests.kyc.test_desk_browser import CHROMIUM, FLAGS, LOADED

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Debian's chromium is not installed: nothing is seen"),
    pytest.mark.django_db(transaction=True),
]


def realistic_case() -> recovery_cases.Opened:
    """A verified customer with cards as a camera would see them, who froze the account."""
    user = make.level_one(id_number="A123456789")
    shots = {
        DocumentKind.ID_FRONT: pictures.id_card(),
        DocumentKind.ID_BACK: pictures.id_card(back=True),
        DocumentKind.SELFIE: pictures.selfie(),
    }
    for kind, image in shots.items():
        documents.upload(user=user, kind=kind, content=pictures.encoded(image, "JPEG", quality=85))
    case = applications.apply(user=user, level=2)
    make.decide(decisions.approve, case)
    freezing.freeze(user=user, client=CLIENT)
    made = recovery_cases.open_case(
        email=user.email,
        phone=None,
        code=code_for(user),
        password=make.PASSWORD,
        cause=RecoveryCause.FREEZE,
        statement="I pressed the link in the mail about a new device: that was not me. My phone is with me and safe.",
        client=CLIENT,
    )
    recovery_selfies.hand_in(token=made.token, content=pictures.encoded(pictures.selfie(), "JPEG", quality=70))
    return made


@pytest.fixture
def page(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A browser page in which an officer is signed in; complaints of the page's console fail the test."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    client = signed_in(make.officer())
    session = client.session
    session[step_up.PROVED_AT] = int(time.time())
    session.save()
    complaints: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        context = browser.new_context(viewport={"width": 1440, "height": 1000})
        context.add_cookies([{"name": "staff_session", "value": session.session_key or "", "url": live_server.url}])
        opened = context.new_page()
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        yield opened
        connection.close()  # while the driver's loop runs, Django keeps a connection of its own for it
        browser.close()
    assert not [complaint for complaint in complaints if "409 (Conflict)" not in complaint]  # a decision that was refused


def test_an_officer_compares_zooms_and_approves(page: Page, live_server: LiveServer, tmp_path: Path) -> None:
    made = realistic_case()
    page.goto(f"{live_server.url}/admin/accounts/recoverycase/")
    page.screenshot(path=tmp_path / "queue.png")
    page.get_by_role("link", name=str(made.case.public_id)).click()
    page.wait_for_function(LOADED)
    assert page.locator(".desk-stage img").count() == 3
    page.screenshot(path=tmp_path / "case.png")
    page.screenshot(path=tmp_path / "case-whole.png", full_page=True)
    page.locator(".desk-document").first.get_by_role("button", name="Larger").click()
    page.get_by_label("What you saw").fill("Same face as on the card; the number is handwritten.")
    page.get_by_role("button", name="Approve as the first officer").click()
    page.wait_for_url("**/admin/accounts/recoverycase/")
    page.screenshot(path=tmp_path / "noted.png")
    made.case.refresh_from_db()
    assert made.case.state == CaseState.SECOND_REVIEW


def test_a_refusal_without_a_reason_keeps_what_was_written(page: Page, live_server: LiveServer, tmp_path: Path) -> None:
    made = realistic_case()
    page.goto(f"{live_server.url}/admin/accounts/recoverycase/{made.case.pk}/change/")
    page.get_by_label("What you saw").fill("The number can not be read at all.")
    page.get_by_role("button", name="Ask for a new selfie").click()
    assert page.get_by_label("What you saw").input_value() == "The number can not be read at all."
    page.screenshot(path=tmp_path / "refused.png")
    page.get_by_label("not to be read in the picture").click()
    page.get_by_role("button", name="Ask for a new selfie").click()
    page.wait_for_url("**/admin/accounts/recoverycase/")
    made.case.refresh_from_db()
    assert made.case.state == CaseState.SENT_BACK
