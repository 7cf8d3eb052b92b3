"""Uploading documents, and reading them back page by page."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import transaction

from config.kit import clock
from kyc.catalogue.requirements import LEVEL_OF_KIND
from kyc.errors import DocumentSettled, DocumentUnreadable, ImagingBusy, UploadQuotaReached
from kyc.models import Document, DocumentState
from kyc.models.documents import DOCUMENT_FLOW
from kyc.services import cases, entitlements, imaging, storage, vault

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)
DOCUMENTS_PER_DAY_MAX = 40
"""Documents that one customer may store in 24 hours, replaced ones included, and files that could not be read."""
DAY_SECONDS = 24 * 3600

_guard = threading.Lock()
_reading: set[int] = set()
"""Customers whose file this process reads now."""


def upload(*, user: User, kind: str, content: bytes) -> Document:
    """Keep a document: re-encoded, sealed, under a random name. The original and its name are forgotten.

    It joins the customer's open case of the kind's level, or opens one; a document that nobody decided about, or that
    was refused, is replaced. A decision made on the replaced one is void (see `decisions`).
    One customer's uploads are read one after another; that is held within each web process, which is what it protects.
    Raises NotForSubAccounts, UploadQuotaReached, DocumentTooLarge, DocumentUnreadable, ImagingBusy, DocumentSettled.
    """
    entitlements.require_own_identity(user)
    within_quota(user)
    with alone(user):
        picture = readable(user, content)
    name = storage.store(user.pk, picture.content)
    try:
        return _attach(user, kind, picture, name)
    except BaseException:
        storage.delete(name)
        raise


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
    """The picture. A file that can't be read costs as much as one that can, and counts in the quota for a day."""
    try:
        return imaging.reencode(content)
    except DocumentUnreadable:
        cache.add(_unreadable(user), 0, timeout=DAY_SECONDS)
        cache.incr(_unreadable(user))
        raise


def _unreadable(user: User) -> str:
    return f"kyc.unreadable:{user.pk}"


def page(document: Document, number: int) -> bytes:
    """The JPEG of one page, from 1. Raises IndexError, crypto.Unsealable, FileNotFoundError."""
    if not 1 <= number <= document.page_count or document.storage_name is None:
        raise IndexError(number)
    place = document.pages[number - 1]
    content = storage.load(document.user_id, document.storage_name)
    return content[place["offset"] : place["offset"] + place["length"]]


@transaction.atomic
def _attach(user: User, kind: str, picture: imaging.Picture, name: str) -> Document:
    vault.lock(user)
    within_quota(user)
    case = cases.open_or_new(user, LEVEL_OF_KIND[kind])
    _make_room(case.pk, kind)
    return Document.objects.create(
        case=case,
        user_id=user.pk,
        kind=kind,
        sha256=picture.sha256,
        storage_name=name,
        media_type=imaging.STORED_MEDIA_TYPE,
        size_bytes=len(picture.content),
        page_count=len(picture.pages),
        pages=picture.pages,
    )


def _make_room(case_id: int, kind: str) -> None:
    former = (
        Document.objects.select_for_update().filter(case_id=case_id, kind=kind).exclude(state=DocumentState.REPLACED).first()
    )
    if former is None:
        return
    if former.state == DocumentState.ACCEPTED:
        raise DocumentSettled(document_kind=kind)
    undecided = former.state == DocumentState.UPLOADED
    DOCUMENT_FLOW.check(former.state, DocumentState.REPLACED)
    former.state = DocumentState.REPLACED
    if undecided and former.storage_name:
        transaction.on_commit(partial(_forget, former.storage_name))
        former.storage_name = None
    former.save(update_fields=["state", "storage_name"])


def _forget(name: str) -> None:
    try:
        storage.delete(name)
    except OSError:
        logger.warning("a replaced file could not be deleted yet; the sweep will do it")


def within_quota(user: User) -> None:
    """Promise that the customer may hand in one file more today. Raises UploadQuotaReached."""
    since = clock.now() - timedelta(days=1)
    recent = Document.objects.filter(user_id=user.pk, uploaded_at__gt=since).order_by("uploaded_at")
    times = list(recent.values_list("uploaded_at", flat=True)[:DOCUMENTS_PER_DAY_MAX])
    if len(times) + int(cache.get(_unreadable(user), 0)) >= DOCUMENTS_PER_DAY_MAX:
        wait = int((times[0] - since).total_seconds()) + 1 if times else DAY_SECONDS
        raise UploadQuotaReached(documents_per_day=DOCUMENTS_PER_DAY_MAX, retry_after=wait)
