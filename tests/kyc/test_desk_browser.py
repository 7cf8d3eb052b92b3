"""The desk in a real browser: a case with rendered cards, decided in at most three clicks, under the page's own policy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import AuditRecord, User
from kyc.models import Case, CaseState, DocumentKind
from kyc.services import applications, documents, videos
from tests import factories_kyc as make
from tests.kyc import clips, pictures
from tests.kyc.conftest import signed_in

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
LOADED = (
    "(images => images.length > 0 && images.every(i => i.complete && i.naturalWidth > 0))"
    "([...document.querySelectorAll('.desk-stage img')])"
)
COUNT_CLICKS = (
    "document.addEventListener('click', () => { sessionStorage.clicks = Number(sessionStorage.clicks || 0) + 1 }, true)"
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed: the desk is not seen in a browser"),
]


def realistic_case() -> Case:
    """A customer with cards as a camera would see them."""
    user = make.level_one(id_number="A123456789")
    shots = {
        DocumentKind.ID_FRONT: pictures.id_card(),
        DocumentKind.ID_BACK: pictures.id_card(back=True),
        DocumentKind.SELFIE: pictures.selfie(),
    }
    for kind, image in shots.items():
        documents.upload(user=user, kind=kind, content=pictures.encoded(image, "JPEG", quality=85, exif=pictures.gps()))
    answers = {
        "q1": {"value": "other", "other_value": "Paying my daughter's tuition abroad"},
        "q2": {"value": "no"},
        "q3": {"value": "1_to_3"},
        "q4": {"value": "between_50_to_100"},
    }
    return applications.apply(user=user, level=2, questionnaire=answers)


@pytest.fixture
def page(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A browser page in which an officer is signed in; complaints of the page's console fail the test."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    cookies = signed_in(make.officer()).cookies
    complaints: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        context = browser.new_context(viewport={"width": 1440, "height": 1000})
        name = "staff_session"
        context.add_cookies([{"name": name, "value": cookies[name].value, "url": live_server.url}])
        context.add_init_script(COUNT_CLICKS)
        opened = context.new_page()
        opened.on("console", lambda message: complaints.append(f"{message.text} {message.location['url']}"))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        yield opened
        connection.close()  # while the driver's loop runs, Django keeps a connection of its own for it
        browser.close()
    assert not [complaint for complaint in complaints if "favicon.ico" not in complaint]


@pytest.mark.django_db(transaction=True)
def test_an_officer_takes_sees_turns_compares_and_approves_in_three_clicks(
    page: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    case = realistic_case()
    page.goto(f"{live_server.url}/admin/kyc/case/")
    page.screenshot(path=tmp_path / "queue.png")
    page.get_by_role("button", name="Take the next case").click()
    images = page.locator(".desk-stage img")
    page.wait_for_function(LOADED)
    assert images.count() == 3
    shown = page.request.get(live_server.url + str(images.first.get_attribute("src"))).body()
    assert shown.startswith(b"\xff\xd8\xff")
    assert b"SpyCam" not in shown
    assert b"Exif" not in shown
    page.screenshot(path=tmp_path / "case.png")
    look_closer(page, tmp_path)
    page.get_by_text("Approve…").click()
    page.screenshot(path=tmp_path / "approve.png")
    page.get_by_role("button", name="Approve level 2").click()
    page.wait_for_url("**/admin/kyc/case/")
    page.screenshot(path=tmp_path / "approved.png")
    assert page.evaluate("Number(sessionStorage.clicks)") == 3
    assert_state(case, CaseState.APPROVED)


def look_closer(page: Page, tmp_path: Path) -> None:
    """Turn, enlarge and compare, by keys alone."""
    page.keyboard.press("1")
    page.keyboard.press("r")
    page.keyboard.press("+")
    front = page.locator(".desk-stage img").first
    assert front.get_attribute("style") == "transform: translate(0px, 0px) rotate(90deg) scale(1.4);"
    page.keyboard.press("l")
    page.keyboard.press("-")
    page.keyboard.press("c")
    page.keyboard.press("3")
    page.keyboard.press("c")
    assert page.locator(".desk-document:visible").count() == 2
    page.screenshot(path=tmp_path / "compare.png")
    page.keyboard.press("Escape")
    assert page.locator(".desk-document:visible").count() == 3
    page.keyboard.press("?")
    assert page.get_by_text("compare: on two images").is_visible()
    page.keyboard.press("?")


@pytest.mark.django_db(transaction=True)
def test_one_document_is_sent_back_with_its_reason(page: Page, live_server: LiveServer, tmp_path: Path) -> None:
    case = realistic_case()
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(f"{live_server.url}/admin/kyc/case/")
    page.get_by_role("button", name="Take the next case").click()
    page.locator(".desk-document").nth(2).get_by_role("combobox").select_option("image_unclear")
    page.screenshot(path=tmp_path / "send-back.png")
    page.get_by_role("button", name="Send back").click()
    page.wait_for_url("**/admin/kyc/case/")
    assert_state(case, CaseState.SENT_BACK)
    page.goto(f"{live_server.url}/admin/kyc/case/{case.pk}/change/")
    page.screenshot(path=tmp_path / "sent-back.png", full_page=True)
    assert page.locator("[data-state=refused]").count() == 1


PLAYED = "(video => !video.error && video.currentTime > 0.3 && video.videoWidth === 320)(document.querySelector('video'))"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_video_plays_and_jumps_on_the_page_of_its_case(
    scheme: Any, page: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    user = make.level_one(id_number="A123456789")
    make.upload_all(user)
    videos.upload(user=user, file=clips.file(clips.clip(seconds=8, audio=None)))
    applications.apply(user=user, level=2)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/admin/kyc/case/")
    page.get_by_role("button", name="Take the next case").click()
    player = page.locator("video")
    player.scroll_into_view_if_needed()
    page.wait_for_function(LOADED)
    assert not AuditRecord.objects.filter(act="kyc.video_viewed").exists()
    player.evaluate("video => { video.muted = true; return video.play() }")
    page.wait_for_function(PLAYED)
    player.evaluate("video => { video.currentTime = 6 }")
    page.wait_for_function("document.querySelector('video').currentTime > 6.2")
    player.evaluate("video => video.pause()")
    page.screenshot(path=tmp_path / f"video-{scheme}.png")
    assert AuditRecord.objects.filter(act="kyc.video_viewed").count() == 1


def assert_state(case: Any, state: str) -> None:
    """The case is in this state; its customer is still there."""
    case.refresh_from_db()
    assert case.state == state
    assert User.objects.filter(pk=case.user_id).exists()
