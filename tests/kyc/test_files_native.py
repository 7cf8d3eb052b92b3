"""Videos and links over HTTP: received outside memory, opened by one session, for a while."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from config.kit import clock
from config.kit.spooling import SpoolHandler
from kyc.models import Document
from kyc.services import documents, links, videos
from tests import factories_kyc as make
from tests.client import Api
from tests.kyc import clips, pictures

pytestmark = pytest.mark.django_db


def upload(api: Api, content: bytes) -> Any:
    """POST a video."""
    return api.upload("/api/v1/kyc/videos", {"file": SimpleUploadedFile("me.mp4", content, content_type="video/mp4")})


def test_a_video_is_uploaded_and_its_file_never_had_a_name(
    api: Api, storage_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.token = make.token_of(make.customer())
    seen: list[int] = []
    keep: Callable[..., Document] = videos.upload

    def look(*, user: Any, file: IO[bytes]) -> Document:
        seen.append(os.fstat(file.fileno()).st_nlink)
        return keep(user=user, file=file)

    monkeypatch.setattr(videos, "upload", look)
    answer = upload(api, clips.clip(seconds=0.5))
    assert (answer.status_code, answer.json()["kind"], answer.json()["state"]) == (201, "video", "uploaded")
    assert seen == [0]


def test_a_video_over_the_limit_is_refused_by_its_length_and_an_image_gets_no_room_for_one(api: Api) -> None:
    api.token = make.token_of(make.customer())
    for path, length in [("videos", videos.VIDEO_BYTES_MAX + 200_000), ("documents", 6 * 1024 * 1024)]:
        answer = api.client.generic(
            "POST",
            f"/api/v1/kyc/{path}",
            b"",
            content_type="multipart/form-data; boundary=x",
            headers={"Authorization": f"Bearer {api.token}"},
            CONTENT_LENGTH=str(length),
        )
        assert (answer.status_code, answer.json()["slug"]) == (413, "api.too_large")


@pytest.mark.parametrize("over", [1, 200_000])
def test_a_refused_video_is_told_how_large_one_may_be(over: int, api: Api) -> None:
    api.token = make.token_of(make.customer())
    answer = upload(api, bytes(videos.VIDEO_BYTES_MAX + over))
    assert (answer.status_code, answer.json()["bytes_max"]) == (413, 50 * 1024 * 1024)


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json"])
@pytest.mark.parametrize("length", ["9" * 21, "9" * 5_000, "0" * 5_000])
def test_a_length_of_thousands_of_digits_is_too_large(length: str, kind: str, api: Api) -> None:
    for path in ("videos", "documents", "nowhere"):
        answer = api.client.generic("POST", f"/api/v1/kyc/{path}", b"", content_type=kind, CONTENT_LENGTH=length)
        assert (answer.status_code, answer.json()["slug"]) == (413, "api.too_large")


def test_nobody_unknown_fills_our_disk(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SpoolHandler, "new_file", lambda *_, **__: pytest.fail("the body was read"))
    assert upload(api, clips.clip(seconds=0.2)).status_code == 401


def test_a_bad_video_and_a_missing_one_are_named(api: Api) -> None:
    api.token = make.token_of(make.customer())
    answer = upload(api, clips.PLAYLIST)
    assert (answer.status_code, answer.json()["cause"]) == (422, "foreign_container")
    assert api.upload("/api/v1/kyc/videos", {"file": "text"}).status_code == 400
    two = {"file": SimpleUploadedFile("a", b"a"), "more": SimpleUploadedFile("b", b"b")}
    assert api.upload("/api/v1/kyc/videos", two).status_code == 413


def test_a_link_opens_in_its_own_session_only(api: Api) -> None:
    user, other = make.customer(), make.customer()
    api.token = make.token_of(user)
    document = documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    url = api.post(f"/api/v1/kyc/documents/{document.public_id}/link").json()["url"]
    opened = api.get(url)
    content = b"".join(opened.streaming_content)
    assert (opened.status_code, opened.headers["Content-Type"]) == (200, "image/jpeg")
    assert content == documents.page(document, 1)
    assert opened.headers["Content-Length"] == str(len(content))
    for name, value in links.stored(document).headers.items():
        assert opened.headers[name] == value
    assert api.get(url, token=make.token_of(user)).status_code == 403
    assert api.get(url, token=make.token_of(other)).status_code == 403
    assert api.get(url.replace(".jpg", ".mp4")).status_code == 403
    assert api.get(url + "A").status_code == 403
    assert api.get(url.partition("&")[0]).status_code == 403
    assert Api().get(url).status_code == 401
    foreign = api.post(f"/api/v1/kyc/documents/{document.public_id}/link", token=make.token_of(other))
    absent = api.post("/api/v1/kyc/documents/4203918275640192/link")
    assert (foreign.status_code, foreign.content) == (404, absent.content)
    with time_machine.travel(clock.now() + timedelta(seconds=links.LINK_SECONDS + 2)):
        assert api.get(url).status_code == 403
