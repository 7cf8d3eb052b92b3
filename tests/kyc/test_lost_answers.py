"""The database's answer to a commit is lost: the file of a row that may be there stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from config.kit import clock
from kyc.errors import UploadQuotaReached, VideoQuotaReached
from kyc.models import Document
from kyc.services import documents, quotas, storage, sweep, uploads, vault, videos
from tests import factories_kyc as make
from tests.kyc import clips, pictures

LAST_MINUTE_SECONDS = 3_540


def files(root: Path) -> set[str]:
    """The names of the stored files."""
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Each commit is done, and its answer does not arrive."""
    commit = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]  # the stubs leave it out

    def lose(self: Any) -> None:
        commit(self)
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(BaseDatabaseWrapper, "_commit", lose)
    return monkeypatch


@pytest.mark.usefixtures("real_db")
@pytest.mark.parametrize("form", ["image", "video"])
def test_the_file_of_a_document_whose_commit_was_not_answered_opens(
    form: str, storage_root: Path, request: pytest.FixtureRequest
) -> None:
    user = make.customer()
    vault.key_of(user.pk)
    deaf = request.getfixturevalue("deaf")
    with pytest.raises(OperationalError):
        if form == "video":
            videos.upload(user=user, file=clips.file(clips.clip(audio=None)))
        else:
            documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    deaf.undo()
    document = Document.objects.get(user=user)
    assert documents.page(document, 1).startswith(b"\xff\xd8\xff")
    assert files(storage_root) == {name for name in (document.storage_name, document.video_name) if name}


@pytest.mark.usefixtures("real_db")
def test_what_fails_after_the_commit_takes_no_file_away_and_what_fails_before_does(
    storage_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make.customer()

    replaced = documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    forget = storage.forget

    def fail(name: str) -> None:
        if name == replaced.storage_name:
            raise ValueError("the store's client is out of order")
        forget(name)

    with monkeypatch.context() as broken:
        broken.setattr(storage, "forget", fail)  # of the replaced picture, when the new one is committed
        with pytest.raises(ValueError, match="out of order"):
            documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    live = Document.objects.exclude(state="replaced").get(user=user)
    assert documents.page(live, 1).startswith(b"\xff\xd8\xff")
    before = files(storage_root)
    monkeypatch.setattr(documents, "attach", fail_with_refusal)
    with pytest.raises(UploadQuotaReached):
        documents.upload(user=user, kind="id_front", content=pictures.jpeg())
    assert files(storage_root) == before


def fail_with_refusal(*_: object) -> None:
    """A refusal within the transaction."""
    raise UploadQuotaReached(documents_per_day=1, retry_after=1)


@pytest.mark.usefixtures("real_db")
def test_a_file_in_doubt_without_a_row_is_the_sweeps(storage_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = make.customer()

    def gone(**_: object) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr("kyc.models.Upload.objects.create", gone)
    with pytest.raises(OperationalError):
        uploads.keep(user=user, content=pictures.jpeg())
    assert len(files(storage_root)) == 1
    monkeypatch.setattr(sweep, "ORPHAN_AGE_SECONDS_MIN", -1)
    assert sweep.orphans() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("video", [False, True])
def test_files_that_cannot_be_read_count_for_a_whole_day_each(video: bool) -> None:
    user = make.customer()
    most = quotas.VIDEOS_PER_DAY_MAX if video else quotas.FILES_PER_DAY_MAX
    refusal = VideoQuotaReached if video else UploadQuotaReached
    hour = int(clock.now().timestamp()) // 3_600 * 3_600 + 3_600
    with time_machine.travel(hour, tick=False):
        quotas.note_unreadable(user, video=video)
    with time_machine.travel(hour + 23 * 3_600 + LAST_MINUTE_SECONDS, tick=False):
        for _ in range(most - 1):
            quotas.note_unreadable(user, video=video)
        with pytest.raises(refusal) as refused:
            quotas.require(user, video=video)
    wait = int(refused.value.facts["retry_after"])
    assert 3_600 <= wait <= 2 * 3_600
    later = hour + 23 * 3_600 + LAST_MINUTE_SECONDS + wait
    with time_machine.travel(later, tick=False):
        quotas.require(user, video=video)
        quotas.note_unreadable(user, video=video)
        with pytest.raises(refusal):
            quotas.require(user, video=video)
