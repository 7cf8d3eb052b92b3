"""Documents: replaced, settled, counted, sealed, swept."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.storage import storages
from django.db import IntegrityError

from config.kit import clock, crypto
from kyc.errors import DocumentSettled, DocumentUnreadable, ImagingBusy, UploadQuotaReached
from kyc.models import CustomerKey, Document, DocumentKind, DocumentState
from kyc.services import documents, imaging, quotas, storage, sweep
from kyc.services import evidence as evidence_of
from kyc.services.decisions import send_back
from tests import factories_kyc as make
from tests.database import triggers_asleep
from tests.kyc import pictures

pytestmark = pytest.mark.django_db


def files(root: Path) -> list[Path]:
    """The stored files."""
    return [path for path in root.rglob("*") if path.is_file()]


def test_a_document_comes_back_as_it_was_stored() -> None:
    user = make.customer()
    document = documents.upload(user=user, kind="selfie", content=pictures.pdf(2))
    first, second = documents.page(document, 1), documents.page(document, 2)
    assert first.startswith(b"\xff\xd8\xff")
    assert len(first) + len(second) == document.size_bytes
    with pytest.raises(IndexError):
        documents.page(document, 3)


def test_a_new_upload_replaces_one_that_nobody_decided_about(
    storage_root: Path, django_capture_on_commit_callbacks: object
) -> None:
    user = make.customer()
    first = documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # pytest-django's fixture
        second = documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    first.refresh_from_db()
    assert (first.state, first.storage_name, second.state) == (DocumentState.REPLACED, None, DocumentState.UPLOADED)
    assert [str(path.relative_to(storage_root)) for path in files(storage_root)] == [second.storage_name]


def test_only_what_was_sent_back_is_asked_again_and_the_refused_one_is_kept_as_evidence(storage_root: Path) -> None:
    case = make.submitted()
    evidence = evidence_of.of(case)
    selfie = next(d for d in evidence.documents if d.kind == DocumentKind.SELFIE)
    make.decide(send_back, case, refused=[selfie.public_id], reason="image_unclear")
    with pytest.raises(DocumentSettled):
        documents.upload(user=case.user, kind="id_front", content=pictures.jpeg())
    again = documents.upload(user=case.user, kind="selfie", content=pictures.jpeg())
    selfie.refresh_from_db()
    assert (selfie.state, again.state) == (DocumentState.REPLACED, DocumentState.UPLOADED)
    assert selfie.storage_name is not None
    assert len(files(storage_root)) == 4


def test_the_database_keeps_one_live_document_of_a_kind() -> None:
    user = make.customer()
    document = documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    document.pk, document.public_id, document.storage_name = None, document.public_id + 1, "other"
    with pytest.raises(IntegrityError, match="kyc_document_one_live"):
        document.save(force_insert=True)


def test_forty_documents_a_day_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "FILES_PER_DAY_MAX", 2)
    user = make.customer()
    for _ in range(2):
        documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    with pytest.raises(UploadQuotaReached) as refusal:
        documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    assert 86_000 < refusal.value.retry_after <= 86_401
    with time_machine.travel(clock.now() + timedelta(days=1, seconds=5)):
        documents.upload(user=user, kind="selfie", content=pictures.jpeg())


def test_files_that_cannot_be_read_count_in_the_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "FILES_PER_DAY_MAX", 2)
    user, other = make.customer(), make.customer()
    for _ in range(2):
        with pytest.raises(DocumentUnreadable):
            documents.upload(user=user, kind="selfie", content=b"no picture")
    with pytest.raises(UploadQuotaReached):
        documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    documents.upload(user=other, kind="selfie", content=pictures.jpeg())


def test_one_customer_has_one_file_read_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    user, other = make.customer(), make.customer()
    picture = imaging.reencode(pictures.jpeg())
    refused = []

    def read(_: bytes) -> imaging.Picture:
        monkeypatch.setattr(imaging, "reencode", lambda _: picture)
        with pytest.raises(ImagingBusy) as refusal:
            documents.upload(user=user, kind="id_front", content=b"second")
        refused.append(refusal.value.retry_after)
        documents.upload(user=other, kind="selfie", content=b"another's")
        return picture

    monkeypatch.setattr(imaging, "reencode", read)
    documents.upload(user=user, kind="selfie", content=b"first")
    documents.upload(user=user, kind="id_back", content=b"third")
    assert refused == [5]


def test_a_failure_after_the_file_was_written_removes_it(storage_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = make.customer()

    def fail(**_: object) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr(Document.objects, "create", fail)
    with pytest.raises(RuntimeError):
        documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    assert not files(storage_root)


def test_files_at_rest_are_noise_to_everyone_without_the_customers_key(storage_root: Path) -> None:
    user, other = make.customer(), make.customer()
    document = documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    (stored,) = files(storage_root)
    raw = stored.read_bytes()
    assert b"\xff\xd8\xff" not in raw[:64]
    assert b"JFIF" not in raw
    assert stored.stat().st_mode & 0o777 == 0o600
    documents.upload(user=other, kind="selfie", content=pictures.jpeg())
    with pytest.raises(crypto.Unsealable):
        storage.load(other.pk, document.storage_name or "")
    with triggers_asleep():  # nobody but an erasure may destroy a key
        CustomerKey.objects.filter(user=user).delete()
    with pytest.raises(crypto.Unsealable):
        documents.page(document, 1)


def test_a_file_that_was_exchanged_for_another_does_not_open(storage_root: Path) -> None:
    user = make.customer()
    one = documents.upload(user=user, kind="selfie", content=pictures.jpeg())
    two = documents.upload(user=user, kind="id_front", content=pictures.jpeg())
    (storage_root / str(one.storage_name)).write_bytes((storage_root / str(two.storage_name)).read_bytes())
    with pytest.raises(crypto.Unsealable):
        documents.page(one, 1)


def test_the_sweep_deletes_old_files_that_no_row_names_and_no_other(storage_root: Path) -> None:
    document = documents.upload(user=make.customer(), kind="selfie", content=pictures.jpeg())
    old, young = (storage_root / "ab" / f"ab{ending:046x}" for ending in (1, 2))
    for path in (old, young):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"orphan")
    past = time.time() - 2 * sweep.ORPHAN_AGE_SECONDS_MIN
    os.utime(old, (past, past))
    os.utime(storage_root / str(document.storage_name), (past, past))
    assert sweep.orphans() == 1
    assert not old.exists()
    assert young.exists()
    assert documents.page(document, 1)


def test_the_start_up_check_says_when_the_storage_takes_no_files(storage_root: Path) -> None:
    from kyc.checks import storage_takes_files

    assert storage_takes_files() == []
    assert not files(storage_root)
    assert storages["kyc"].exists("checks")
    storage_root.joinpath("checks").rmdir()
    storage_root.joinpath("checks").write_text("a file where a folder is due")
    assert [problem.id for problem in storage_takes_files()] == ["kyc.E001"]
