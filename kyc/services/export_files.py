"""The stored files of one customer as they go into the export: pictures page by page, videos piece by piece."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings

from config.kit.crypto import Unsealable
from kyc.models import Document, RecoverySelfie, Upload
from kyc.services import names, segments, storage

if TYPE_CHECKING:
    from accounts.models import User

Entry = tuple[str, Iterable[bytes]]
"""The name of an entry of the archive, and its parts: to be read before the next entry is asked for."""


def stored(customer: User, missing: list[str]) -> Iterator[Entry]:
    """Each file that is kept of the customer, also what was handed in and claimed by no case yet.

    The names of those that are gone, or do not open, are added to `missing`. Raises StorageUnavailable.
    """
    for document in Document.objects.filter(user=customer).select_related("case").order_by("pk"):
        yield from _held(document, f"documents/level-{document.case.level}-{document.kind}-{document.public_id}", missing)
    for upload in Upload.objects.filter(user=customer, storage_name__isnull=False).order_by("pk"):
        yield from _held(upload, f"uploads/{upload.form}-{upload.public_id}", missing)
    for selfie in RecoverySelfie.objects.filter(user=customer).order_by("pk"):
        name = f"recovery/selfie-{selfie.public_id}.jpg"
        if content := _loaded(customer.pk, selfie.storage_name, name, missing):
            yield name, (content,)


def _held(row: Document | Upload, stem: str, missing: list[str]) -> Iterator[Entry]:
    """A row's pages, one JPEG each, and its video in the format that it has."""
    if content := _loaded(row.user_id, row.storage_name, stem, missing):
        for number, page in enumerate(row.pages, start=1):
            yield f"{stem}-{number}.jpg", (content[page["offset"] : page["offset"] + page["length"]],)
    if row.video_name:
        yield from _video(row, row.video_name, f"{stem}.{names.SUFFIXES[row.media_type]}", missing)


def _video(row: Document | Upload, name: str, called: str, missing: list[str]) -> Iterator[Entry]:
    """The video, which is opened to its end before the entry begins: an entry that was begun can't be taken back."""
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as whole:
        try:
            for piece in storage.load_long(row.user_id, name):
                whole.write(piece)
        except (FileNotFoundError, Unsealable):
            missing.append(called)
            return
        whole.seek(0)
        yield called, iter(partial(whole.read, segments.PIECE_BYTES), b"")


def _loaded(user_id: int, name: str | None, called: str, missing: list[str]) -> bytes:
    try:
        if name:
            return storage.load(user_id, name)
    except (FileNotFoundError, Unsealable):
        pass
    missing.append(called)
    return b""
