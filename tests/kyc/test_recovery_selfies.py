"""The selfie of a recovery case: read like every customer's file, from somebody who can't sign in."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from accounts.models import RecoveryCase
from accounts.models.recovery import CaseState
from accounts.services import recovery_cases, recovery_desk
from kyc.models import Document, DocumentKind, RecoverySelfie
from kyc.services import documents, quotas, recovery_selfies, storage, sweep
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import officer
from tests.factories_recovery import SAW, opened
from tests.kyc import pictures
from tests.kyc.corpus import CORPUS

PLACE = "/api/v1/recovery-cases/selfie"
HTML = b"<!doctype html><script>alert(document.cookie)</script>"


def put(token: str | None, content: bytes, *, name: str = "me.jpg", api: Api | None = None) -> Any:
    """PUT the selfie."""
    form = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile(name, content, content_type="image/jpeg")})
    headers = {} if token is None else {"X-Recovery-Token": token}
    return (api or Api()).call("PUT", PLACE, raw=form, content_type=MULTIPART_CONTENT, headers=headers)


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_a_fresh_selfie_hands_the_case_in_re_encoded_and_sealed(storage_root: Path) -> None:
    made = opened()
    given = pictures.jpeg_with_gps()
    answer = put(made.token, given)
    assert (answer.status_code, answer.json()["state"], answer.json()["next_step"]) == (200, "submitted", "wait")
    assert answer.json()["challenge"] is None
    selfie = RecoverySelfie.objects.get()
    case = RecoveryCase.objects.get()
    kept = recovery_selfies.read(selfie)
    assert hashlib.sha256(kept).digest() == bytes(selfie.sha256) == bytes(case.selfie_sha256 or b"")
    assert case.selfie_reference == str(selfie.public_id)
    assert selfie.challenge == made.case.challenge
    assert b"SpyCam" in given
    for secret in (b"SpyCam", b"secret-comment", b"secret-profile", b"Exif"):
        assert secret not in kept
    (stored,) = files(storage_root)
    assert not stored.read_bytes().startswith(b"\xff\xd8")
    assert kept[:64] not in stored.read_bytes()


@pytest.mark.django_db
@pytest.mark.parametrize("name", {one.image: name for name, one in CORPUS.items()}.values())
def test_a_bad_file_is_refused_and_the_case_waits_on(name: str, storage_root: Path) -> None:
    made = opened()
    answer = put(made.token, CORPUS[name].build())
    assert answer.status_code == 422
    made.case.refresh_from_db()
    assert made.case.state == CaseState.DRAFT
    assert files(storage_root) == []
    assert not RecoverySelfie.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [b"not an image", pictures.jpeg() + HTML, pictures.pdf(), pictures.pdf(2)],
    ids=["text", "polyglot", "pdf", "pages"],
)
def test_only_one_photograph_is_a_selfie(content: bytes, storage_root: Path) -> None:
    made = opened()
    assert put(made.token, content).status_code == 422
    assert files(storage_root) == []


@pytest.mark.django_db
def test_ten_megabytes_are_refused_before_they_are_read(storage_root: Path) -> None:
    made = opened()
    answer = put(made.token, b"\xff\xd8\xff" + bytes(10 * 1024 * 1024))
    assert answer.status_code == 413
    assert files(storage_root) == []
    assert RecoveryCase.objects.get().state == CaseState.DRAFT


@pytest.mark.django_db
@pytest.mark.parametrize("token", [None, "", "x", "A" * 43, "A" * 5_000])
def test_a_foreign_token_is_refused_before_a_byte_is_decoded(
    token: str | None, storage_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened()
    monkeypatch.setattr(documents, "readable", lambda *_: pytest.fail("decoded"))
    assert put(token, pictures.jpeg()).status_code == 401
    assert put(token, b"").status_code == 401
    assert files(storage_root) == []


@pytest.mark.django_db
def test_the_token_in_the_address_is_no_token() -> None:
    made = opened()
    form = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("me.jpg", pictures.jpeg()), "token": made.token})
    answer = Api().call("PUT", f"{PLACE}?token={made.token}", raw=form, content_type=MULTIPART_CONTENT)
    assert answer.status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("raw", "kind"),
    [(b"", "multipart/form-data; boundary=x"), (b"{}", "application/json"), (b"--x\r\n", "multipart/form-data")],
)
def test_a_body_without_a_file_is_refused(raw: bytes, kind: str) -> None:
    made = opened()
    answer = Api().call("PUT", PLACE, raw=raw, content_type=kind, headers={"X-Recovery-Token": made.token})
    assert 400 <= answer.status_code < 500


@pytest.mark.django_db
def test_a_second_selfie_is_refused_until_an_officer_asks_for_one(storage_root: Path) -> None:
    made = opened()
    first = pictures.jpeg()
    assert put(made.token, first).status_code == 200
    assert put(made.token, pictures.jpeg()).status_code == 409
    assert len(files(storage_root)) == 1
    case = RecoveryCase.objects.get()
    recovery_desk.send_back(
        case_id=case.public_id,
        officer=officer("compliance")[0],
        reason=SAW,
        reason_slug="unclear",
        seen=bytes(case.selfie_sha256 or b""),
    )
    again = put(made.token, first)
    assert (again.status_code, again.json()["slug"]) == (422, "accounts.selfie_not_fresh")
    assert put(made.token, pictures.jpeg()).status_code == 200
    assert RecoverySelfie.objects.count() == 2


@pytest.mark.django_db
def test_a_picture_that_was_shown_before_is_not_fresh_whoever_shows_it(storage_root: Path) -> None:
    shown = pictures.jpeg()
    assert put(opened().token, shown).status_code == 200
    other = opened()
    refused = put(other.token, shown)
    assert (refused.status_code, "used before" in refused.json()["detail"]) == (422, True)
    other.case.refresh_from_db()
    assert other.case.state == CaseState.DRAFT
    assert len(files(storage_root)) == 1


@pytest.mark.django_db
def test_the_selfie_of_the_identity_check_is_not_fresh(storage_root: Path) -> None:
    made = opened()
    shown = pictures.jpeg()
    documents.upload(user=made.case.user, kind=DocumentKind.SELFIE, content=shown)
    assert put(made.token, shown).status_code == 422


@pytest.mark.django_db
def test_the_sweep_keeps_selfies(storage_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert put(opened().token, pictures.jpeg()).status_code == 200
    monkeypatch.setattr(storage, "modified_at", lambda _: 0.0)
    assert sweep.orphans() == 0
    assert len(files(storage_root)) == 1


@pytest.mark.django_db
def test_files_that_can_not_be_read_are_counted(storage_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = opened()
    monkeypatch.setattr(quotas, "FILES_PER_DAY_MAX", 2)
    assert [put(made.token, HTML).status_code for _ in range(3)] == [422, 422, 429]
    assert not Document.objects.exists()


@pytest.mark.django_db
def test_the_database_takes_no_picture_twice(storage_root: Path) -> None:
    assert put(opened().token, pictures.jpeg()).status_code == 200
    row = RecoverySelfie.objects.get()
    row.pk, row.public_id, row.storage_name = None, row.public_id + 1, "another"
    with pytest.raises(IntegrityError, match="kyc_recovery_selfie_fresh"), transaction.atomic():
        row.save(force_insert=True)


def test_many_selfies_at_once_hand_one_in(real_db: None, storage_root: Path) -> None:
    made = opened()
    contents = [pictures.jpeg() for _ in range(6)]
    at_once(6, lambda index: recovery_selfies.hand_in(token=made.token, content=contents[index]))
    assert RecoverySelfie.objects.count() == 1
    assert recovery_cases.find(made.token).state == CaseState.SUBMITTED
    assert len(files(storage_root)) == 1
