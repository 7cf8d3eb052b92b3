"""Videos: read in a child process, rewritten without anything but picture and sound, sealed piece by piece.

A video never stands in memory as a whole: it comes in a file without a name (see `config.kit.spooling`), the child writes
another one, and what is stored is sealed from that.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from django.conf import settings

from kyc.errors import DocumentTooLarge, DocumentUnreadable
from kyc.models import Document, DocumentKind, Upload, UploadForm
from kyc.models.documents import Video
from kyc.services import documents, entitlements, imaging, kept, quotas, storage, uploads, video_child

if TYPE_CHECKING:
    from accounts.models import User

VIDEO_BYTES_MAX = video_child.VIDEO_BYTES_MAX


def upload(*, user: User, file: IO[bytes]) -> Document:
    """Keep a video as a document of the customer's open case, or of a new one.

    Raises NotForSubAccounts, UploadQuotaReached, VideoQuotaReached, UploadBytesReached, DocumentTooLarge,
    DocumentUnreadable, ImagingBusy, StorageUnavailable, DocumentSettled.
    """
    with _stored(user, file) as stored:
        return documents.attach_new(user, DocumentKind.VIDEO, stored)


def keep(*, user: User, file: IO[bytes]) -> Upload:
    """Keep a video that is claimed later, like `uploads.keep`. Raises as `upload` does, except DocumentSettled."""
    with _stored(user, file) as stored:
        return uploads.record(user, UploadForm.VIDEO, stored)


def chunks(row: Document | Upload) -> Iterator[bytes]:
    """The video, piece by piece. Raises FileNotFoundError, StorageUnavailable, crypto.Unsealable."""
    if row.video_name is None:
        raise FileNotFoundError
    return storage.load_long(row.user_id, row.video_name)


@contextmanager
def rewritten(source: IO[bytes]) -> Iterator[kept.Clip]:
    """The video as it is kept. Raises DocumentTooLarge, DocumentUnreadable, ImagingBusy."""
    size = source.seek(0, os.SEEK_END)
    if size > VIDEO_BYTES_MAX:
        raise DocumentTooLarge(bytes_max=VIDEO_BYTES_MAX)
    if size == 0:
        raise imaging.refusal("empty")
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, buffering=0) as target:
        with imaging.a_place():
            number = target.fileno()
            answer = imaging.run(video_child.__file__, source, str(number), also=(number,))
        yield _clip(answer, target)


def _clip(answer: bytes, target: IO[bytes]) -> kept.Clip:
    head, pages, pictures = imaging.read_answer(answer)
    try:
        told = head["video"]
        video = Video(
            bytes=int(told["bytes"]),
            milliseconds=int(told["milliseconds"]),
            width=int(told["width"]),
            height=int(told["height"]),
            video_codec=str(told["video_codec"])[:16],
            audio_codec=str(told["audio_codec"])[:16],
        )
        media_type = {"video/mp4": "video/mp4", "video/webm": "video/webm"}[told["media_type"]]
    except (KeyError, TypeError, ValueError):
        raise imaging.refusal("broken") from None
    if target.seek(0, os.SEEK_END) != video["bytes"]:
        raise imaging.refusal("broken")
    return kept.Clip(file=target, video=video, media_type=media_type, pages=pages, pictures=pictures)


@contextmanager
def _stored(user: User, file: IO[bytes]) -> Iterator[kept.Kept]:
    """The video sealed and stored; removed again where what is done with it fails."""
    entitlements.require_own_identity(user)
    quotas.require(user, video=True)
    with documents.alone(user):
        try:
            with rewritten(file) as clip, kept.clip(user.pk, clip) as stored:
                yield stored
        except DocumentUnreadable:
            quotas.note_unreadable(user, video=True)
            raise
