"""The desk in a real browser: a case with rendered cards, decided in at most three clicks, under the page's own policy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pytest
from django.db import connection
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import AuditRecord, User
from kyc.models import Case, CaseClaim, CaseDecision, CaseState, Document, DocumentKind
from kyc.services import applications, documents, reading, videos
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
    "document.addEventListener('pointerdown', () => { sessionStorage.clicks = Number(sessionStorage.clicks || 0) + 1 }, true)"
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
    assert clicks(page) == 3
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
def test_a_document_is_sent_back_and_a_case_rejected_with_their_reasons_in_three_clicks_each(
    page: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    first, second = realistic_case(), make.submitted()
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(f"{live_server.url}/admin/kyc/case/")
    page.get_by_role("button", name="Take the next case").click()
    page.wait_for_function(LOADED)
    selfie = page.locator(".desk-document").nth(2)
    selfie.get_by_label("unclear").click()
    assert page.locator(".desk-chosen li").all_inner_texts() == ["Selfie holding the document: unclear"]
    page.screenshot(path=tmp_path / "send-back.png", full_page=True)
    page.get_by_role("button", name="Send back").click()
    page.wait_for_url("**/admin/kyc/case/")
    assert clicks(page) == 3
    assert_state(first, CaseState.SENT_BACK)
    assert Document.objects.get(case=first, state="refused").reason == "image_unclear"
    page.get_by_role("button", name="Take the next case").click()
    page.wait_for_function(LOADED)
    page.get_by_text("Reject…").click()
    page.screenshot(path=tmp_path / "reject.png", full_page=True)
    page.get_by_role("button", name="The document seems to have been altered.").click()
    page.wait_for_url("**/admin/kyc/case/")
    assert clicks(page) == 3
    assert_state(second, CaseState.REJECTED)
    assert CaseDecision.objects.get(case=second).reason == "document_altered"
    page.goto(f"{live_server.url}/admin/kyc/case/{first.pk}/change/")
    page.screenshot(path=tmp_path / "sent-back.png", full_page=True)
    assert page.locator("[data-state=refused]").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_choice_is_taken_back_and_no_key_alone_ends_a_case(page: Page, live_server: LiveServer) -> None:
    case = make.submitted()
    page.goto(f"{live_server.url}/admin/kyc/case/")
    page.get_by_role("button", name="Take the next case").click()
    page.wait_for_function(LOADED)
    name = page.get_by_role("group", name="Ask again: Name").get_by_label("differs")
    name.check()
    assert page.locator(".desk-chosen li").all_inner_texts() == ["Name: differs"]
    name.uncheck()
    assert not page.get_by_role("button", name="Send back").is_visible()
    page.locator(".desk-card h2").first.click()
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    page.keyboard.press("x")
    assert page.get_by_role("button", name="You are not old enough.").is_visible()
    assert_state(case, CaseState.SUBMITTED)


def clicks(page: Page) -> int:
    """How often the officer clicked since this was asked last."""
    return int(page.evaluate("(() => { const n = sessionStorage.clicks; sessionStorage.clicks = 0; return n })()"))


SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
MARK_WITHIN = (
    "(([mark, film]) => mark.top >= film.top && mark.bottom <= film.bottom && mark.width === film.width)"
    "(['.desk-mark', '.desk-video'].map(one => document.querySelector(one).getBoundingClientRect()))"
)
PLAYER_BENEATH = (
    "(box => document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2).tagName === 'VIDEO')"
    "(document.querySelector('.desk-mark').getBoundingClientRect())"
)
"""A click on the mark is one on the player."""
PLAYED = "(video => !video.error && video.currentTime > 0.3 && video.videoWidth === 320)(document.querySelector('video'))"


@pytest.mark.django_db(transaction=True)
def test_a_video_plays_and_jumps_on_the_page_of_its_case_beneath_the_officers_name(
    page: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    user = make.level_one(id_number="A123456789")
    make.upload_all(user)
    videos.upload(user=user, file=clips.file(clips.clip(seconds=8, audio=None)))
    applications.apply(user=user, level=2)
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
    assert AuditRecord.objects.filter(act="kyc.video_viewed").count() == 1
    mine = CaseClaim.objects.get().officer
    assert page.locator(".desk-mark span").count() == 3
    assert page.locator(".desk-mark span").first.inner_text().startswith(f"{mine.get_full_name()} ")
    assert page.evaluate(MARK_WITHIN)
    assert page.evaluate(PLAYER_BENEATH)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        shot = page.locator(".desk-film").screenshot(path=tmp_path / f"video-{scheme}.png")
        if shutil.which("tesseract"):
            picture = Image.open(BytesIO(shot)).convert("L")
            large = picture.resize((picture.width * 3, picture.height * 3), Image.Resampling.LANCZOS)
            assert str(mine.uid) in (reading.letters(pictures.encoded(large, "JPEG", quality=95)) or "")


def assert_state(case: Any, state: str) -> None:
    """The case is in this state; its customer is still there."""
    case.refresh_from_db()
    assert case.state == state
    assert User.objects.filter(pk=case.user_id).exists()
