"""Uploading documents, and reading them back page by page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.services import legal_holds
from kyc.catalogue.requirements import LEVEL_OF_KIND
from kyc.errors import DocumentSettled, DocumentUnreadable, ImagingBusy, UploadUnfit
from kyc.models import Case, Document, DocumentKind, DocumentState
from kyc.models.documents import DOCUMENT_FLOW
from kyc.services import cases, entitlements, hint_work, imaging, kept, quotas, storage, vault

if TYPE_CHECKING:
    from accounts.models import User

_guard = threading.Lock()
_reading: set[int] = set()
"""Customers whose file this process reads now."""


def upload(*, user: User, kind: str, content: bytes) -> Document:
    """Keep a document: re-encoded, sealed, under a random name. The original and its name are forgotten.

    It joins the customer's open case of the kind's level, or opens one; a document that nobody decided about, or that
    was refused, is replaced. A decision made on the replaced one is void (see `decisions`).
    One customer's uploads are read one after another; that is held within each web process, which is what it protects.
    Raises NotForSubAccounts, UploadQuotaReached, UploadBytesReached, DocumentTooLarge, DocumentUnreadable, ImagingBusy,
    StorageUnavailable, DocumentSettled, UploadUnfit (a video goes by `videos.upload`).
    """
    entitlements.require_own_identity(user)
    if kind == DocumentKind.VIDEO:
        raise UploadUnfit(document_kind=kind)
    quotas.require(user)
    with alone(user):
        picture = readable(user, content)
    with kept.picture(user.pk, picture) as file:
        return attach_new(user, kind, file)


@contextmanager
def alone(user: User) -> Iterator[None]:
    """While a file of this customer is read here, a second one is not. Raises ImagingBusy."""
    with _guard:
        if user.pk in _reading:
            raise ImagingBusy
        _reading.add(user.pk)
    try:
        yield
    finally:
        with _guard:
            _reading.discard(user.pk)


def readable(user: User, content: bytes) -> imaging.Picture:
    """The picture; a file that can't be read counts in the quota."""
    try:
        return imaging.reencode(content)
    except DocumentUnreadable:
        quotas.note_unreadable(user)
        raise


def page(document: Document, number: int) -> bytes:
    """The JPEG of one page, from 1. Raises IndexError, crypto.Unsealable, FileNotFoundError."""
    if not 1 <= number <= document.page_count or document.storage_name is None:
        raise IndexError(number)
    place = document.pages[number - 1]
    content = storage.load(document.user_id, document.storage_name)
    return content[place["offset"] : place["offset"] + place["length"]]


@transaction.atomic
def attach_new(user: User, kind: str, file: kept.Kept) -> Document:
    """Make the stored file a document of the customer's open case, within the quotas.

    Raises UploadQuotaReached, VideoQuotaReached, UploadBytesReached, DocumentSettled.
    """
    vault.lock(user)
    quotas.require(user, video=file.video is not None)
    return attach(user, kind, file, None)


def attach(user: User, kind: str, file: kept.Kept, case: Case | None) -> Document:
    """Make the stored file a document of the case, or of the open one of the kind's level. Under `vault.lock`.

    Raises DocumentSettled.
    """
    place = case if case is not None else cases.open_or_new(user, LEVEL_OF_KIND[kind])
    _make_room(place, kind)
    document = Document.objects.create(
        case=place,
        user_id=user.pk,
        kind=kind,
        page_count=len(file.pages),
        **file.columns,
    )
    hint_work.due(document)
    return document


def _make_room(case: Case, kind: str) -> None:
    former = Document.objects.select_for_update().filter(case=case, kind=kind).exclude(state=DocumentState.REPLACED).first()
    if former is None:
        return
    if former.state == DocumentState.ACCEPTED:
        raise DocumentSettled(document_kind=kind)
    useless = former.state == DocumentState.UPLOADED and not legal_holds.is_held(case.user)
    DOCUMENT_FLOW.check(former.state, DocumentState.REPLACED)
    former.state = DocumentState.REPLACED
    if useless:
        for name in (former.storage_name, former.video_name):
            if name:
                transaction.on_commit(partial(storage.forget, name))
        former.storage_name = former.video_name = None
    former.save(update_fields=["state", "storage_name", "video_name"])
