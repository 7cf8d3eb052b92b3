"""Images handed in before anybody says what they show: kept for their owner, claimed by their path, gone in a day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.errors import NotForSubAccounts
from config.kit import clock
from config.kit.errors import Absent
from kyc.errors import LinkInvalid, UploadBytesReached, UploadQuotaReached, UploadUnfit, UploadUsed
from kyc.models import CaseState, Document, DocumentState, Upload
from kyc.services import cases, documents, links, names, quotas, storage, sweep, uploads, vault
from tests import factories_kyc as make
from tests.accounts.threads import at_once
from tests.kyc import pictures

pytestmark = pytest.mark.django_db


def files(root: Path) -> list[str]:
    """The names of the stored files."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_an_upload_becomes_a_document_of_the_case_and_its_file_stays_where_it_is(storage_root: Path) -> None:
    user = make.customer()
    upload = uploads.keep(user=user, content=pictures.jpeg_with_gps())
    (kept,) = files(storage_root)
    with transaction.atomic():
        vault.lock(user)
        case = cases.open_or_new(user, 2)
        document = uploads.claim(user=user, path=names.path_of(upload), kind="selfie", case=case)
    upload.refresh_from_db()
    assert (document.case, document.kind, document.state) == (case, "selfie", DocumentState.UPLOADED)
    assert (document.storage_name, document.sha256) == (kept, upload.sha256)
    assert (upload.document, upload.storage_name) == (document, None)
    assert files(storage_root) == [kept]
    assert documents.page(document, 1).startswith(b"\xff\xd8\xff")
    assert b"SpyCam" not in documents.page(document, 1)


@pytest.mark.parametrize("form", ["{}", "https://www.bhex.cn/s_api{}?e=1&token=x", "/api{}?e=1536208019", "{}#there"])
def test_a_path_is_known_in_every_form_in_which_clients_post_it(form: str) -> None:
    user = make.customer()
    upload = uploads.keep(user=user, content=pictures.jpeg())
    document = uploads.claim(user=user, path=form.format(names.path_of(upload)), kind="id_front")
    assert document.case.state == CaseState.DRAFT
    assert uploads.claim(user=user, path=names.path_of(upload), kind="id_front") == document
    assert uploads.claim(user=user, path=names.path_of(document), kind="id_front", case=document.case) == document


def test_nobody_claims_what_is_anothers_unknown_expired_or_no_path() -> None:
    user, other = make.customer(), make.customer()
    path = names.path_of(uploads.keep(user=user, content=pictures.jpeg()))
    name = path.rpartition("/")[2].partition(".")[0]
    swapped = path.replace(name, ("B" if name[0] == "A" else "A") + name[1:])
    looks_alike = path.replace(name, name[:-1] + chr(ord(name[-1]) + 1))
    for who, claimed in [
        (other, path),
        (user, swapped),
        (user, looks_alike),
        (user, path.replace(".jpg", ".mp4")),
        (user, path.replace("kyc_image", "kyc_video").replace(".jpg", ".mp4")),
        (user, ""),
        (user, path + "/x"),
        (user, "/os/kyc_image/../../etc/passwd.jpg"),
        (user, path + "?" + "x" * 2_000),
    ]:
        with pytest.raises(Absent):
            uploads.claim(user=who, path=claimed, kind="selfie")
    with time_machine.travel(clock.now() + timedelta(hours=uploads.UPLOAD_HOURS, seconds=1)), pytest.raises(Absent):
        uploads.claim(user=user, path=path, kind="selfie")
    assert not Document.objects.exists()


def test_one_upload_is_one_document() -> None:
    user = make.customer()
    path = names.path_of(uploads.keep(user=user, content=pictures.jpeg()))
    first = uploads.claim(user=user, path=path, kind="id_front")
    with pytest.raises(UploadUsed):
        uploads.claim(user=user, path=path, kind="selfie")
    documents.upload(user=user, kind="id_front", content=pictures.jpeg())
    with pytest.raises(UploadUsed):
        uploads.claim(user=user, path=path, kind="id_front")
    with pytest.raises(UploadUsed):
        uploads.claim(user=user, path=names.path_of(first), kind="id_front")


def test_two_claims_at_once_make_one_document(real_db: None) -> None:
    user = make.customer()
    path = names.path_of(uploads.keep(user=user, content=pictures.jpeg()))

    found = at_once(2, lambda n: uploads.claim(user=user, path=path, kind=("id_front", "selfie")[n]))
    assert sorted(type(one).__name__ for one in found) == ["Document", "UploadUsed"]
    assert Document.objects.count() == 1


def test_an_image_is_no_video_and_a_sub_account_has_no_uploads() -> None:
    user = make.customer()
    path = names.path_of(uploads.keep(user=user, content=pictures.jpeg()))
    with pytest.raises(UploadUnfit):
        uploads.claim(user=user, path=path, kind="video")
    with pytest.raises(UploadUnfit):
        documents.upload(user=user, kind="video", content=pictures.jpeg())
    child = make.customer()
    child.parent = user
    with pytest.raises(NotForSubAccounts):
        uploads.keep(user=child, content=pictures.jpeg())
    with pytest.raises(NotForSubAccounts):
        uploads.claim(user=child, path=path, kind="selfie")


def test_a_claim_that_is_taken_back_leaves_the_upload_as_it_was(storage_root: Path) -> None:
    user = make.customer()
    upload = uploads.keep(user=user, content=pictures.jpeg())
    with pytest.raises(RuntimeError), transaction.atomic():
        uploads.claim(user=user, path=names.path_of(upload), kind="selfie")
        raise RuntimeError("the code was wrong")
    upload.refresh_from_db()
    assert (upload.document, [upload.storage_name]) == (None, files(storage_root))


def test_what_nobody_claims_is_deleted_in_a_day_and_the_row_after_three(
    storage_root: Path, django_capture_on_commit_callbacks: Any
) -> None:
    user = make.customer()
    claimed = uploads.keep(user=user, content=pictures.jpeg())
    left = uploads.keep(user=user, content=pictures.jpeg())
    document = uploads.claim(user=user, path=names.path_of(claimed), kind="selfie")
    assert uploads.expire() == 0
    with time_machine.travel(left.expires_at + timedelta(seconds=1)), django_capture_on_commit_callbacks(execute=True):
        assert uploads.expire() == 1
        assert uploads.expire() == 0
    assert files(storage_root) == [document.storage_name]
    with time_machine.travel(left.created_at + timedelta(days=uploads.ROW_DAYS, seconds=1)):
        uploads.expire()
    assert list(Upload.objects.all()) == [claimed]


def test_the_sweep_knows_the_files_of_uploads(storage_root: Path) -> None:
    uploads.keep(user=make.customer(), content=pictures.jpeg())
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        assert sweep.orphans() == 0
    assert len(files(storage_root)) == 1


def test_the_database_lets_no_claimed_upload_keep_a_file() -> None:
    user = make.customer()
    upload = uploads.keep(user=user, content=pictures.jpeg())
    uploads.claim(user=user, path=names.path_of(upload), kind="selfie")
    with pytest.raises(IntegrityError, match="kyc_upload_claimed_holds_no_file"):
        Upload.objects.update(storage_name="ab/abc")


def test_uploads_and_documents_share_one_quota_and_a_claimed_upload_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "FILES_PER_DAY_MAX", 3)
    user = make.customer()
    upload = uploads.keep(user=user, content=pictures.jpeg())
    uploads.claim(user=user, path=names.path_of(upload), kind="selfie")
    uploads.keep(user=user, content=pictures.jpeg())
    documents.upload(user=user, kind="id_front", content=pictures.jpeg())
    with pytest.raises(UploadQuotaReached):
        uploads.keep(user=user, content=pictures.jpeg())
    with pytest.raises(UploadQuotaReached):
        documents.upload(user=user, kind="id_front", content=pictures.jpeg())


def test_the_bytes_of_a_day_are_limited(monkeypatch: pytest.MonkeyPatch, storage_root: Path) -> None:
    user, other = make.customer(), make.customer()
    first = uploads.keep(user=user, content=pictures.jpeg())
    monkeypatch.setattr(quotas, "BYTES_PER_DAY_MAX", first.size_bytes)
    with pytest.raises(UploadBytesReached) as refusal:
        uploads.keep(user=user, content=pictures.jpeg())
    assert 86_000 < refusal.value.retry_after <= 86_401
    uploads.keep(user=other, content=pictures.jpeg())
    assert len(files(storage_root)) == 2


def test_a_link_opens_for_its_owners_session_alone_and_not_for_long() -> None:
    user, other = make.customer(), make.customer()
    upload = uploads.keep(user=user, content=pictures.jpeg())
    viewer = links.Viewer(user, 7)
    path, _, query = links.url_of(upload, viewer).partition("?")
    e, token = query.removeprefix("e=").split("&token=")
    for prefix in ("", "/api", "/s_api", "https://www.bhex.cn/s_api"):
        image = links.open(prefix + path, e=e, token=token, viewer=viewer)
        assert image.content.startswith(b"\xff\xd8\xff")
        assert (image.media_type, image.size_bytes) == ("image/jpeg", len(image.content))
    second = links.url_of(uploads.keep(user=user, content=pictures.jpeg()), viewer).partition("?")[0]
    wrongs: list[dict[str, Any]] = [
        {"viewer": links.Viewer(user, 8)},
        {"viewer": links.Viewer(other, 7)},
        {"path": second},
        {"e": str(int(e) + 1)},
        {"token": ("B" if token[0] == "A" else "A") + token[1:]},
        {"token": "é" * 44},
        {"token": ""},
        {"e": ""},
        {"e": "١٢"},
        {"e": "9" * 40},
    ]
    for wrong in wrongs:
        with pytest.raises(LinkInvalid):
            links.open(**{"path": path, "e": e, "token": token, "viewer": viewer, **wrong})
    with time_machine.travel(clock.now() + timedelta(seconds=links.LINK_SECONDS + 2)), pytest.raises(LinkInvalid):
        links.open(path, e=e, token=token, viewer=viewer)
    assert len(token) == 44


def test_a_link_to_an_upload_shows_the_document_that_it_became_until_that_is_gone(storage_root: Path) -> None:
    user = make.customer()
    viewer = links.Viewer(user, 7)
    upload = uploads.keep(user=user, content=pictures.jpeg())
    document = uploads.claim(user=user, path=names.path_of(upload), kind="selfie")

    def opened(url: str) -> links.StoredImage:
        path, _, query = url.partition("?")
        e, token = query.removeprefix("e=").split("&token=")
        return links.open(path, e=e, token=token, viewer=viewer)

    assert opened(links.url_of(upload, viewer)).content == documents.page(document, 1)
    assert opened(links.url_of(document, viewer)).content == documents.page(document, 1)
    storage.delete(str(document.storage_name))
    with pytest.raises(Absent):
        opened(links.url_of(document, viewer))


def test_an_answer_with_a_file_is_neither_shown_sniffed_nor_kept() -> None:
    user = make.customer()
    upload = uploads.keep(user=user, content=pictures.jpeg())
    assert links.stored(upload).headers == {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "no-store, private",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "Content-Disposition": 'attachment; filename="document.jpg"',
    }
