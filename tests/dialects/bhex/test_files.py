"""Images and videos on bhex: kept for their owner, seen by the session that uploaded them, for five minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from config.kit import clock
from config.kit.spooling import SpoolHandler
from kyc.models import Upload
from kyc.services import quotas, videos
from tests.dialects.bhex import identities, people
from tests.kyc import clips, pictures

pytestmark = pytest.mark.django_db(transaction=True)
IMAGES = ["/api/user/verify/upload_image", "/api/user/upload_image", "/mapi/user/upload_image"]
VIDEO = "/api/user/upload_video"


def clip(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("me.mp4", content, content_type="video/mp4")


@pytest.mark.parametrize("path", IMAGES)
def test_an_image_is_seen_bare_below_s_api_and_below_api_by_who_uploaded_it(path: str) -> None:
    person = people.signed_up()
    url = identities.image(person.browser, path)
    assert url.startswith("/os/kyc_image/")
    assert "?e=" in url
    assert url.endswith("=")
    for prefix in ("", "/s_api", "/api"):
        answer = person.browser.get(f"{prefix}{url}")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        content = answer.getvalue()
        assert content.startswith(b"\xff\xd8")
        assert (answer["Content-Length"], answer["Cache-Control"]) == (str(len(content)), "no-store, private")
        assert (answer["X-Content-Type-Options"], answer["Content-Disposition"][:10]) == ("nosniff", "attachment")


def test_a_video_is_kept_outside_memory_and_seen_by_who_uploaded_it() -> None:
    person = people.signed_up()
    answer = person.browser.upload(VIDEO, {"upload_video_file": clip(clips.clip(seconds=0.5))})
    assert answer.status_code == 200, answer.content
    url = answer.json()["url"]
    assert url.startswith("/os/kyc_video/")
    assert ".mp4?e=" in url
    for prefix in ("", "/s_api", "/api"):
        seen = person.browser.get(f"{prefix}{url}")
        assert (seen.status_code, seen["Content-Type"]) == (200, "video/mp4")
        assert b"ftyp" in seen.getvalue()[:16]


def test_no_other_customer_session_time_or_path_opens_a_link() -> None:
    person, other = people.signed_up(), people.signed_up()
    url, second = identities.image(person.browser), identities.image(person.browser)
    path, _, query = url.partition("?")
    moment, _, token = query.partition("&")
    for browser, asked in (
        (other.browser, url), (person.browser, f"{second.partition('?')[0]}?{query}"), (person.browser, path),
        (person.browser, f"{path}?{moment}"), (person.browser, f"{path}?e=9999999999&{token}"),
        (person.browser, f"{path}?e=x&{token}"), (person.browser, f"{path}?{moment}&token=%C3%A9"),
    ):  # fmt: skip
        answer = browser.get(f"/s_api{asked}")
        assert (answer.status_code, answer.json()["code"]) == (400, 30010), asked
    for asked in (f"{path}?e={'1' * 13}&{token}", f"{path}?{moment}&token={'x' * 65}"):
        assert person.browser.get(asked).json()["code"] == 30003
    assert people.Browser().get(url).json()["code"] == 30000
    people.waiting(person)
    assert person.browser.get(url).json()["code"] == 30000
    with time_machine.travel(clock.now() + timedelta(seconds=301)):
        assert other.browser.get(identities.image(other.browser)).status_code == 200
    for wrong in ("/os/kyc_image/x.jpg", f"{path}x", "/os/kyc_image/..%2f..%2fetc%2fpasswd.jpg"):
        assert person.browser.get(f"{wrong}?{query}").json()["code"] in {30000, 30002, 30040}


def test_a_link_ends_after_five_minutes() -> None:
    person = people.signed_up()
    url = identities.image(person.browser)
    with time_machine.travel(clock.now() + timedelta(seconds=290)):
        assert person.browser.get(url).status_code == 200
    with time_machine.travel(clock.now() + timedelta(seconds=310)):
        assert person.browser.get(url).json()["code"] == 30010


@pytest.mark.parametrize(
    ("content", "number"),
    [
        (b"", 31053),
        (b"not a picture", 31053),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 31053),
        (b"GIF89a" + bytes(40), 31053),
    ],
)
def test_what_is_no_image_is_refused_and_not_kept(content: bytes, number: int) -> None:
    person = people.signed_up()
    for path in IMAGES:
        answer = person.browser.upload(path, {"upload_image_file": identities.picture(content)})
        assert (answer.status_code, answer.json()["code"]) == (400, number)
    assert not Upload.objects.exists()


def test_a_file_that_is_missing_no_file_or_too_large_is_refused() -> None:
    person = people.signed_up()
    for path, name in ((IMAGES[0], "upload_image_file"), (VIDEO, "upload_video_file")):
        for fields in ({"other": identities.picture()}, {name: "text"}, {name: ""}):
            assert person.browser.upload(path, fields).json()["code"] in {30003, 31053}
        refused = person.browser.post(path, {name: "x"})
        assert (refused.status_code, refused.json()["code"]) == (400, 30002)
    over = person.browser.upload(IMAGES[0], {"upload_image_file": identities.picture(bytes(5 * 1024 * 1024 + 1))})
    assert (over.status_code, over.json()["code"]) == (413, 30002)
    for path, length in ((IMAGES[0], 6 * 1024 * 1024), (VIDEO, videos.VIDEO_BYTES_MAX + 200_000)):
        kind = "multipart/form-data; boundary=x"
        answer = person.browser.client.generic("POST", path, b"", content_type=kind, CONTENT_LENGTH=str(length))
        assert (answer.status_code, answer.json()["code"]) == (413, 30002)
    picture = person.browser.upload(VIDEO, {"upload_video_file": clip(pictures.jpeg())})
    assert (picture.status_code, picture.json()["code"]) == (400, 31053)
    assert not Upload.objects.exists()


def test_nobody_unknown_uploads_or_fills_our_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SpoolHandler, "new_file", lambda *_, **__: pytest.fail("the body was read"))
    browser = people.Browser()
    assert browser.upload(IMAGES[0], {"upload_image_file": identities.picture()}).json()["code"] == 30000
    assert browser.upload(VIDEO, {"upload_video_file": clip(b"x")}).json()["code"] == 30000


def test_the_days_files_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "FILES_PER_DAY_MAX", 1)
    person = people.signed_up()
    identities.image(person.browser)
    answer: Any = person.browser.upload(IMAGES[1], {"upload_image_file": identities.picture()})
    assert (answer.status_code, answer.json()["code"]) == (429, 30016)
    assert int(answer.headers["Retry-After"]) > 0
