"""Videos: what is kept of them, and what never gets so far."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import pytest
from django.db import IntegrityError, transaction

from config.kit import crypto
from kyc.errors import DocumentTooLarge, DocumentUnreadable, UploadUnfit, VideoQuotaReached
from kyc.models import CustomerKey, Document, DocumentState, Upload
from kyc.services import documents, links, names, quotas, segments, storage, sweep, uploads, video_child, videos
from tests import factories_kyc as make
from tests.kyc import clips, pictures

pytestmark = pytest.mark.django_db


def files(root: Path) -> list[Path]:
    """The stored files."""
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("made", "media_type", "codecs"),
    [
        (clips.clip, "video/mp4", ("h264", "aac")),
        (lambda: clips.clip(container="mov", audio=None), "video/mp4", ("h264", "")),
        (clips.webm, "video/webm", ("vp8", "opus")),
    ],
)
def test_a_video_keeps_picture_and_sound_and_nothing_else(
    made: Callable[[], bytes], media_type: str, codecs: tuple[str, str], storage_root: Path
) -> None:
    original = made()
    assert b"SpyCam" in original
    document = videos.upload(user=make.customer(), file=clips.file(original))
    kept = b"".join(videos.chunks(document))
    for trace in (b"SpyCam", b"secret-comment", b"+25.0330", b"x264 - core"):
        assert trace not in kept
    with av.open(BytesIO(kept)) as container:
        assert not {"title", "comment", "location"} & {name.lower() for name in container.metadata}
        assert [stream.type for stream in container.streams] == (["video", "audio"] if codecs[1] else ["video"])
        assert sum(1 for _ in container.decode(video=0)) == 10
    assert document.video is not None
    assert (document.media_type, document.video["video_codec"], document.video["audio_codec"]) == (media_type, *codecs)
    assert (document.video["width"], document.video["height"], document.video["bytes"]) == (320, 240, len(kept))
    assert 900 <= document.video["milliseconds"] <= 1_100
    assert document.page_count == 6
    whole = b"".join(documents.page(document, number) for number in range(1, 7)) + kept
    assert bytes(document.sha256) == hashlib.sha256(whole).digest()
    assert documents.page(document, 1).startswith(b"\xff\xd8\xff")
    assert len(files(storage_root)) == 2
    for path in files(storage_root):
        assert b"ftyp" not in path.read_bytes()[:64]
        assert b"JFIF" not in path.read_bytes()


def test_a_byte_over_fifty_mebibytes_is_too_large() -> None:
    file = clips.file(b"")
    file.truncate(videos.VIDEO_BYTES_MAX + 1)
    with pytest.raises(DocumentTooLarge):
        videos.upload(user=make.customer(), file=file)


def test_a_video_is_kept_first_and_claimed_later_and_opens_by_its_link(storage_root: Path) -> None:
    user = make.customer()
    viewer = links.Viewer(user, 7)
    upload = videos.keep(user=user, file=clips.file(clips.clip()))
    assert names.path_of(upload).startswith("/os/kyc_video/")
    path, _, query = links.url_of(upload, viewer).partition("?")
    e, token = query.removeprefix("e=").split("&token=")
    opened = links.open(path, e=e, token=token, viewer=viewer)
    content = opened.content
    assert (opened.media_type, opened.size_bytes, content[4:8]) == ("video/mp4", len(content), b"ftyp")
    with pytest.raises(UploadUnfit):
        uploads.claim(user=user, path=path, kind="selfie")
    document = uploads.claim(user=user, path=path, kind="video")
    upload.refresh_from_db()
    assert (upload.storage_name, upload.video_name) == (None, None)
    assert b"".join(videos.chunks(document)) == content
    assert sweep.orphans() == 0
    assert len(files(storage_root)) == 2


def test_a_replaced_video_takes_both_its_files_along(storage_root: Path, django_capture_on_commit_callbacks: Any) -> None:
    user = make.customer()
    first = videos.upload(user=user, file=clips.file(clips.clip()))
    with django_capture_on_commit_callbacks(execute=True):
        second = videos.upload(user=user, file=clips.file(clips.clip()))
    first.refresh_from_db()
    assert (first.state, first.storage_name, first.video_name) == (DocumentState.REPLACED, None, None)
    assert {str(path.relative_to(storage_root)) for path in files(storage_root)} == {second.storage_name, second.video_name}


def test_a_failure_after_the_video_was_stored_removes_both_files(storage_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr(Upload.objects, "create", fail)
    with pytest.raises(RuntimeError):
        videos.keep(user=make.customer(), file=clips.file(clips.clip()))
    assert not files(storage_root)


def test_videos_of_a_day_are_counted_those_that_cannot_be_read_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "VIDEOS_PER_DAY_MAX", 2)
    user = make.customer()
    videos.keep(user=user, file=clips.file(clips.clip()))
    with pytest.raises(DocumentUnreadable):
        videos.keep(user=user, file=clips.file(b"no video"))
    with pytest.raises(VideoQuotaReached):
        videos.keep(user=user, file=clips.file(clips.clip()))
    documents.upload(user=user, kind="selfie", content=pictures.jpeg())


def test_the_database_lets_no_image_hold_a_video_and_no_video_lack_one() -> None:
    document = documents.upload(user=make.customer(), kind="selfie", content=pictures.jpeg())
    for changes in ({"video_name": "ab/abc"}, {"kind": "video"}):
        with pytest.raises(IntegrityError, match="kyc_document_video_has_video"), transaction.atomic():
            Document.objects.filter(pk=document.pk).update(**changes)


@pytest.mark.parametrize("spoil", ["cut", "swap", "drop_first"])
def test_pieces_that_are_cut_off_or_exchanged_do_not_open(spoil: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "PIECE_BYTES", 100)
    monkeypatch.setattr(segments, "SEALED_PIECE_BYTES", 128)
    user = make.customer()
    sealed = BytesIO()
    segments.seal(user.pk, BytesIO(bytes(range(250)) * 1), sealed, context="c")
    raw = sealed.getvalue()
    assert b"".join(segments.unseal(user.pk, BytesIO(raw), context="c")) == bytes(range(250))
    spoilt = {"cut": raw[:256], "swap": raw[128:256] + raw[:128] + raw[256:], "drop_first": raw[128:]}[spoil]
    with pytest.raises(crypto.Unsealable):
        list(segments.unseal(user.pk, BytesIO(spoilt), context="c"))
    with pytest.raises(crypto.Unsealable):
        list(segments.unseal(user.pk, BytesIO(raw), context="d"))


def test_opening_makes_no_key_for_who_has_none() -> None:
    user = make.customer()
    with pytest.raises(crypto.Unsealable):
        list(segments.unseal(user.pk, BytesIO(b"x" * 40), context="c"))
    assert not CustomerKey.objects.filter(user=user).exists()


def test_a_long_file_goes_through_the_store_piece_by_piece(storage_root: Path) -> None:
    user = make.customer()
    content = bytes(range(256)) * 8_193  # two pieces and a rest
    name = storage.store_long(user.pk, BytesIO(content))
    pieces = list(storage.load_long(user.pk, name))
    assert [len(piece) for piece in pieces] == [segments.PIECE_BYTES, segments.PIECE_BYTES, 256]
    assert b"".join(pieces) == content
    assert video_child.VIDEO_BYTES_MAX == 50 * segments.PIECE_BYTES
