"""The export holds whatever is kept of a customer: videos too, and what was named outside the cases."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pypdfium2
import pytest

from accounts.models import User
from accounts.services.officers import Act
from kyc.models import BankAccount
from kyc.services import documents, export, storage, uploads, videos
from tests import factories_kyc as make
from tests import factories_recovery
from tests.kyc import clips, pictures
from tests.kyc.test_bank_accounts import add, applied, approve, verify

pytestmark = pytest.mark.django_db


def exported(user: User) -> tuple[export.Exported, dict[str, bytes]]:
    target = io.BytesIO()
    done = export.write(customer=user, act=Act(reason="order 12", by="ops"), target=target)
    with zipfile.ZipFile(target) as archive:
        return done, {name: archive.read(name) for name in archive.namelist()}


def test_videos_and_unclaimed_files_are_there_as_they_are_kept() -> None:
    user = make.customer()
    document = videos.upload(user=user, file=clips.file(clips.clip(audio=None)))
    waiting = videos.keep(user=user, file=clips.file(clips.webm(audio=None)))
    picture = uploads.keep(user=user, content=pictures.jpeg())
    done, contents = exported(user)
    stem, other = f"documents/level-{document.case.level}-video-{document.public_id}", f"uploads/video-{waiting.public_id}"
    assert done.missing == []
    assert contents[f"{stem}.mp4"] == b"".join(videos.chunks(document))
    assert contents[f"{other}.webm"] == b"".join(videos.chunks(waiting))
    assert contents[f"uploads/image-{picture.public_id}-1.jpg"].startswith(b"\xff\xd8\xff")
    for number in range(1, document.page_count + 1):
        assert contents[f"{stem}-{number}.jpg"] == documents.page(document, number)
    entries = json.loads(contents["manifest.json"])["entries"]
    assert entries[f"{stem}.mp4"]["sha256"] == hashlib.sha256(contents[f"{stem}.mp4"]).hexdigest()


@pytest.mark.parametrize("lost", ["gone", "cut off"])
def test_a_video_that_is_lost_is_named_and_no_part_of_it_is_there(lost: str, storage_root: Path) -> None:
    user = make.customer()
    document = videos.upload(user=user, file=clips.file(clips.clip(audio=None)))
    path = storage_root / str(document.video_name)
    if lost == "gone":
        storage.delete(str(document.video_name))
    else:
        path.write_bytes(path.read_bytes()[:-1])
    done, contents = exported(user)
    name = f"documents/level-{document.case.level}-video-{document.public_id}.mp4"
    assert done.missing == [name]
    assert name not in contents
    assert f"{name.removesuffix('.mp4')}-1.jpg" in contents


def test_bank_accounts_named_outside_a_case_are_there_in_the_clear() -> None:
    user = approve(applied())
    officer = make.officer()
    verify(add(user), officer)
    data = json.loads(exported(user)[1]["data.json"])
    first, second = data["bank_accounts"]
    assert (first["account_number"], first["state"], first["case"]) == (
        "60090100005777",
        "verified",
        BankAccount.objects.earliest("id").case.public_id,
    )
    assert (second["account_number"], second["bank_code"], second["case"], second["by"]) == (
        "012345678901",
        "812",
        None,
        officer.uid,
    )
    assert second["holder"]


def test_what_was_said_and_decided_in_recoveries_is_there_in_data_and_summary() -> None:
    case = factories_recovery.waiting()
    contents = exported(case.user)[1]
    (told,) = json.loads(contents["data.json"])["recoveries"]
    assert (told["statement"], told["cause"], told["state"]) == ("Phone lost.", "second_factor", "waiting")
    assert [decision["verdict"] for decision in told["decisions"]] == ["approve", "approve"]
    pdf = pypdfium2.PdfDocument(contents["summary.pdf"])
    assert "Phone lost." in "".join(pdf[number].get_textpage().get_text_range() for number in range(len(pdf)))
