"""Files that are handed in first and named later, by their path: kept for their owner alone, and for a while."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.services import legal_holds
from config.kit import clock
from config.kit.errors import Absent
from kyc.errors import UploadUnfit, UploadUsed
from kyc.models import Case, Document, DocumentKind, DocumentState, Upload, UploadForm
from kyc.services import documents, entitlements, kept, names, quotas, storage, vault

if TYPE_CHECKING:
    from accounts.models import User

UPLOAD_HOURS = 24
"""How long an upload waits to be claimed."""
ROW_DAYS = 3
"""How long the row of an upload that nobody claimed is kept: longer than the quota's day."""
SWEEP_ROWS_MAX = 500


def keep(*, user: User, content: bytes) -> Upload:
    """Keep an image: re-encoded, sealed, under a random name, until it is claimed or expires.

    `names.path_of` tells its path, `links.url_of` a link to it. Raises NotForSubAccounts, UploadQuotaReached,
    UploadBytesReached, DocumentTooLarge, DocumentUnreadable, ImagingBusy, StorageUnavailable.
    """
    entitlements.require_own_identity(user)
    quotas.require(user)
    with documents.alone(user):
        picture = documents.readable(user, content)
    with kept.picture(user.pk, picture) as file:
        return record(user, UploadForm.IMAGE, file)


@transaction.atomic
def record(user: User, form: str, file: kept.Kept) -> Upload:
    """The row of a stored file. Raises UploadQuotaReached, VideoQuotaReached, UploadBytesReached."""
    vault.lock(user)
    quotas.require(user, video=form == UploadForm.VIDEO)
    now = clock.now()
    return Upload.objects.create(
        user_id=user.pk,
        form=form,
        **file.columns,
        created_at=now,
        expires_at=now + timedelta(hours=UPLOAD_HOURS),
    )


@transaction.atomic
def claim(*, user: User, path: str, kind: str, case: Case | None = None) -> Document:
    """Make the customer's own upload with this path a document of the kind, in the case or in the open one of its level.

    The path may be a whole URL, with or without its query. One that names the live document of that kind in that case
    already, or an upload that became it, answers the document and changes nothing. May stand in the caller's transaction.
    Raises NotForSubAccounts, Absent (nobody's, another's, expired), UploadUnfit, UploadUsed, DocumentSettled.
    """
    entitlements.require_own_identity(user)
    vault.lock(user)
    row = names.find(path, user)
    if isinstance(row, Document):
        return _same(row, kind, case)
    upload = Upload.objects.select_for_update().get(pk=row.pk)
    if upload.document is not None:
        return _same(upload.document, kind, case)
    if upload.storage_name is None or upload.expires_at <= clock.now():
        raise Absent(thing="upload")
    if (kind == DocumentKind.VIDEO) != (upload.form == UploadForm.VIDEO):
        raise UploadUnfit(document_kind=kind)
    file = kept.of_upload(upload)
    upload.storage_name = upload.video_name = None
    upload.save(update_fields=["storage_name", "video_name"])
    upload.document = documents.attach(user, kind, file, case)
    upload.save(update_fields=["document"])
    return upload.document


def _same(document: Document, kind: str, case: Case | None) -> Document:
    live = document.state != DocumentState.REPLACED and document.kind == kind
    if not live or (document.case_id != case.pk if case is not None else document.case.ended):
        raise UploadUsed(document_kind=kind)
    return document


def expire() -> int:
    """Delete the files of uploads that nobody claimed in time, and rows that count for nothing any more; how many files.

    What a legal hold keeps stays; it can't be claimed any more.
    """
    expired = 0
    while expired < SWEEP_ROWS_MAX and _expire_one():
        expired += 1
    old = clock.now() - timedelta(days=ROW_DAYS)
    gone = Upload.objects.filter(document=None, storage_name=None, video_name=None, created_at__lt=old)
    gone.exclude(user__in=legal_holds.held()).delete()
    return expired


@transaction.atomic
def _expire_one() -> bool:
    due = Upload.objects.filter(storage_name__isnull=False, expires_at__lte=clock.now())
    due = due.exclude(user__in=legal_holds.held())
    upload = due.select_for_update(skip_locked=True, of=("self",)).order_by("expires_at").first()
    if upload is None:
        return False
    for name in (upload.storage_name, upload.video_name):
        if name:
            transaction.on_commit(partial(storage.forget, name))
    upload.storage_name = upload.video_name = None
    upload.save(update_fields=["storage_name", "video_name"])
    return True
