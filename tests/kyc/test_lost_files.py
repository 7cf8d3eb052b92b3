"""Links to files that were erased or damaged: refused in words, never with a failure of the server's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kyc.models import Document
from kyc.services import documents, erasure, videos
from tests import factories_kyc as make
from tests.client import Api
from tests.kyc import clips, pictures

pytestmark = pytest.mark.django_db


def a_picture(user: Any) -> Document:
    return documents.upload(user=user, kind="selfie", content=pictures.jpeg())


def a_video(user: Any) -> Document:
    return videos.upload(user=user, file=clips.file(clips.clip(audio=None)))


BOTH = pytest.mark.parametrize("made", [a_picture, a_video])


def link(api: Api, document: Document) -> Any:
    return api.post(f"/api/v1/kyc/documents/{document.public_id}/link")


@BOTH
def test_what_was_erased_with_its_case_is_absent(made: Callable[[Any], Document], api: Api) -> None:
    user = make.customer()
    api.token = make.token_of(user)
    document = made(user)
    url = link(api, document).json()["url"]
    erasure.wipe_rejected(document.case)
    assert api.get(url).status_code == 404
    assert link(api, document).status_code == 404


@pytest.mark.parametrize("spoilt", [b"", b"short", b"\0" * 5_000])
@BOTH
def test_what_is_damaged_is_not_served_at_the_moment_and_is_told_to_the_log(
    made: Callable[[Any], Document], spoilt: bytes, api: Api, storage_root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    user = make.customer()
    api.token = make.token_of(user)
    document = made(user)
    url = link(api, document).json()["url"]
    (storage_root / str(document.video_name or document.storage_name)).write_bytes(spoilt)
    answer = api.get(url)
    assert (answer.status_code, answer.json()["slug"]) == (503, "kyc.storage_unavailable")
    assert "a stored file does not open" in caplog.text
