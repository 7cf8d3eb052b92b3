"""Videos at the desk: watched by who has the case, a part at a time, and each look on record."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.models import AuditRecord
from config.kit import clock
from kyc.models import Case, Document
from kyc.services import applications, links, segments, videos
from tests import factories_kyc as make
from tests.kyc import clips
from tests.kyc.conftest import signed_in

pytestmark = pytest.mark.django_db
PIECE_BYTES = 1_000


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short video has many pieces."""
    monkeypatch.setattr(segments, "SEALED_PIECE_BYTES", segments.SEALED_PIECE_BYTES - segments.PIECE_BYTES + PIECE_BYTES)
    monkeypatch.setattr(segments, "PIECE_BYTES", PIECE_BYTES)


def case_with_video() -> tuple[Case, Document]:
    """A level 2 case under review, with a video."""
    user = make.level_one()
    make.upload_all(user)
    document = videos.upload(user=user, file=clips.file(clips.clip()))
    return applications.apply(user=user, level=2), document


def page_of(case: Case) -> str:
    """The case's address."""
    return f"/admin/kyc/case/{case.pk}/change/"


def video_links(client: Client, case: Case) -> list[str]:
    """The addresses of the videos on the case's page."""
    html = client.get(page_of(case)).content.decode()
    return [link.replace("&amp;", "&") for link in re.findall(r'<video [^>]*src="([^"]+)"', html)]


def watched(client: Client, case: Case) -> str:
    """The video's address after this officer took the case."""
    client.post(page_of(case), {"act": "claim"})
    (link,) = video_links(client, case)
    return link


def content_of(answer: Any) -> bytes:
    """All of a streamed answer."""
    return b"".join(answer.streaming_content)


def test_the_officer_who_has_the_case_watches_the_video_and_the_look_is_on_record_once(desk: Client) -> None:
    case, document = case_with_video()
    link = watched(desk, case)
    assert not AuditRecord.objects.filter(act="kyc.video_viewed").exists()
    answer = desk.get(link)
    stored = b"".join(videos.chunks(document))
    assert content_of(answer) == stored
    assert (answer.status_code, answer["Content-Type"], answer["Content-Length"]) == (200, "video/mp4", str(len(stored)))
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["Content-Disposition"] == 'inline; filename="video.mp4"'
    for name, value in links.HEADERS.items():
        assert answer[name].startswith(value)
    content_of(desk.get(link, headers={"Range": "bytes=100-"}))
    record = AuditRecord.objects.get(act="kyc.video_viewed")
    assert (record.subject, record.facts["sha256"]) == (f"kyc.document:{document.public_id}", document.fingerprint)
    with time_machine.travel(clock.now() + timedelta(seconds=2)):
        content_of(desk.get(*video_links(desk, case), headers={"Range": "bytes=-1"}))
    assert AuditRecord.objects.filter(act="kyc.video_viewed").count() == 2
    cache.clear()
    content_of(desk.get(link))
    assert AuditRecord.objects.filter(act="kyc.video_viewed").count() == 3


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, None),
        (f"bytes={PIECE_BYTES - 1}-{PIECE_BYTES}", PIECE_BYTES - 1, PIECE_BYTES + 1),
        (f"bytes={PIECE_BYTES}-{2 * PIECE_BYTES - 1}", PIECE_BYTES, 2 * PIECE_BYTES),
        ("bytes=2500-", 2_500, None),
        ("bytes=10-999999999", 10, None),
        ("bytes=-7", -7, None),
        ("bytes=-999999999", 0, None),
    ],
)
def test_a_part_is_answered_as_it_is_asked_for(asked: str, start: int, stop: int | None, desk: Client) -> None:
    case, document = case_with_video()
    link = watched(desk, case)
    stored = b"".join(videos.chunks(document))
    wanted = stored[start:stop]
    answer = desk.get(link, headers={"Range": asked})
    assert (answer.status_code, content_of(answer)) == (206, wanted)
    first = stored.index(wanted) if start < 0 else start
    assert answer["Content-Range"] == f"bytes {first}-{first + len(wanted) - 1}/{len(stored)}"
    assert answer["Content-Length"] == str(len(wanted))


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "bytes=0-1,4-5", "bytes=-", "bytes", "lines=1-2", f"bytes={'9' * 5_000}-", "bytes=٣-"]
)
def test_what_is_no_single_range_is_answered_with_all_of_it(asked: str, desk: Client) -> None:
    case, document = case_with_video()
    answer = desk.get(watched(desk, case), headers={"Range": asked})
    assert (answer.status_code, content_of(answer)) == (200, b"".join(videos.chunks(document)))


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=-0"])
def test_a_part_behind_the_end_is_not_there(asked: str, desk: Client) -> None:
    case, document = case_with_video()
    answer = desk.get(watched(desk, case), headers={"Range": asked})
    assert document.video is not None
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{document.video['bytes']}")
    assert not AuditRecord.objects.filter(act="kyc.video_viewed").exists()


def test_only_the_pieces_that_hold_the_part_are_opened(desk: Client, storage_root: Path) -> None:
    case, document = case_with_video()
    link = watched(desk, case)
    stored = b"".join(videos.chunks(document))
    path = storage_root / str(document.video_name)
    sealed = bytearray(path.read_bytes())
    sealed[5] ^= 1
    path.write_bytes(sealed)
    assert desk.get(link).status_code == 403  # damaged: not served
    assert content_of(desk.get(link, headers={"Range": f"bytes={PIECE_BYTES}-"})) == stored[PIECE_BYTES:]


def test_without_the_case_in_hand_there_is_neither_player_nor_video(desk: Client) -> None:
    case, _ = case_with_video()
    assert video_links(desk, case) == []
    link = watched(desk, case)
    desk.post(page_of(case), {"act": "release"})
    assert video_links(desk, case) == []
    assert desk.get(link).status_code == 403
    assert desk.get(link, headers={"Range": "bytes=0-10"}).status_code == 403
    assert not AuditRecord.objects.filter(act="kyc.video_viewed").exists()


def test_a_video_opens_in_the_session_its_link_was_made_for_and_for_a_while(desk: Client) -> None:
    case, _ = case_with_video()
    link = watched(desk, case)
    path = link.partition("?")[0]
    assert signed_in(make.officer()).get(link).status_code == 403
    assert signed_in(make.officer("auditor")).get(link).status_code == 403
    assert Client().get(link).status_code == 302
    assert desk.get(path).status_code == 403
    assert desk.get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 403
    with time_machine.travel(clock.now() + timedelta(seconds=links.LINK_SECONDS + 2)):
        assert desk.get(link).status_code == 403
    assert desk.get(link).status_code == 200


def test_a_video_that_is_gone_is_absent_and_an_image_has_none(desk: Client, storage_root: Path) -> None:
    case, document = case_with_video()
    link = watched(desk, case)
    (storage_root / str(document.video_name)).unlink()
    assert desk.get(link).status_code == 404
    front = Document.objects.filter(case=case, kind="id_front").get()
    key = hashlib.sha256(str(desk.session.session_key).encode()).hexdigest()
    viewer = f"{desk.session['_auth_user_id']}:{key}"
    assert desk.get(links.signed(f"/admin/kyc/case/documents/{front.public_id}/video", viewer=viewer)).status_code == 404
