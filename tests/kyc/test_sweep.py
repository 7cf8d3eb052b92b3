"""The sweep deletes our own files that no row names, and nothing else, whatever happens meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from kyc.models import Upload
from kyc.services import documents, kept, names, storage, sweep, uploads, videos
from tests import factories_kyc as make
from tests.kyc import clips, pictures

pytestmark = pytest.mark.django_db
STATEMENTS_MAX = 3
LONG_AGO = 1_600_000_000


@pytest.fixture(autouse=True)
def every_file_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "ORPHAN_AGE_SECONDS_MIN", -1)


def files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def swept_while(act: Callable[[], Any], *, after: int) -> int:
    """The sweep, amid which `act` happens: after its statement of that number."""
    seen = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        answer = execute(sql, params, many, context)
        seen += 1
        if seen == after:
            act()
        return answer

    with connection.execute_wrapper(count):
        return sweep.orphans()


@pytest.mark.parametrize("after", range(1, STATEMENTS_MAX + 1))
def test_the_file_of_an_upload_that_is_claimed_meanwhile_stays(after: int, storage_root: Path) -> None:
    user = make.customer()
    upload = uploads.keep(user=user, content=pictures.jpeg())
    swept_while(lambda: uploads.claim(user=user, path=names.path_of(upload), kind="selfie"), after=after)
    assert files(storage_root) == {upload.storage_name}


def test_a_video_that_is_claimed_meanwhile_stays_with_its_pictures(storage_root: Path) -> None:
    user = make.customer()
    upload = videos.keep(user=user, file=clips.file(clips.clip(audio=None)))
    swept_while(lambda: uploads.claim(user=user, path=names.path_of(upload), kind="video"), after=1)
    assert files(storage_root) == {upload.storage_name, upload.video_name}


def test_a_file_that_is_named_after_the_folder_was_looked_through_stays(storage_root: Path) -> None:
    user = make.customer()
    upload = uploads.keep(user=user, content=pictures.jpeg())
    file = kept.of_upload(upload)
    Upload.objects.all().delete()
    assert swept_while(lambda: uploads.record(user, "image", file), after=1) == 0
    assert files(storage_root) == {file.storage_name}


def test_what_others_keep_in_the_same_store_stays(storage_root: Path) -> None:
    document = documents.upload(user=make.customer(), kind="selfie", content=pictures.jpeg())
    word = "0123456789abcdef" * 3
    foreign = {
        "backups/ledger.dump",
        f"backups/{word}",
        "01/readme.txt",
        f"02/{word}",
        f"01/{word}a",
        f"01/{word[:-1]}",
        f"01/{word.upper()}",
        "checks/readme.txt",
        "ledger.dump",
    }
    ours = {f"01/{word}", "checks/0123456789abcdef"}
    for name in foreign | ours:
        path = storage_root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
        os.utime(path, (LONG_AGO, LONG_AGO))
    assert sweep.orphans() == len(ours)
    assert files(storage_root) == foreign | {str(document.storage_name)}


def test_each_name_that_we_give_is_known_as_ours() -> None:
    user = make.customer()
    stored = [storage.store(user.pk, b"a picture"), storage.store_long(user.pk, clips.file(b"a video"))]
    assert all(map(storage.is_ours, stored))
    assert sweep.orphans() == 2
