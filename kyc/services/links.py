"""Short-lived links to images: each is good for one path, one session and a few minutes.

Staff's links name the desk's path; customers' links name `/os/kyc_image/<name>.jpg`, whatever stands before it.
"""

from __future__ import annotations

import logging
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from config.kit import crypto
from config.kit.errors import Absent
from kyc.errors import LinkInvalid, StorageUnavailable
from kyc.models import Document, Upload
from kyc.services import names, segments, storage

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)

LINK_SECONDS = 300
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store, private",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
"""What goes with each answer that is a customer's file, beside its own `Content-Disposition`."""


@dataclass(frozen=True)
class Viewer:
    """Who may open a link: one session of one customer."""

    user: User
    session_id: int

    def __str__(self) -> str:
        return f"customer:{self.user.pk}:{self.session_id}"


@dataclass(frozen=True)
class StoredImage:
    """A file to be answered as it is: `chunks` one behind another are `size_bytes` long."""

    media_type: str
    file_name: str
    size_bytes: int
    chunks: Iterable[bytes]

    @property
    def content(self) -> bytes:
        """All of it at once: for images."""
        return b"".join(self.chunks)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the answer: never shown in a page, never sniffed, never kept."""
        return {**HEADERS, "Content-Disposition": f'attachment; filename="{self.file_name}"'}


def url_of(row: Upload | Document, viewer: Viewer) -> str:
    """The customer's link to the own upload or document: `/os/kyc_image/<name>.jpg?e=<unix>&token=<signature>`."""
    path = names.path_of(row)
    expires = int(time.time()) + LINK_SECONDS
    return f"{path}?e={expires}&token={_token(path, viewer, expires)}"


def open(path: str, *, e: str, token: str, viewer: Viewer) -> StoredImage:  # noqa: A001  # what one does to a link
    """The image or video behind a customer's link; of a document of many pages, the first.

    `path` may have something before `/os/`. Raises LinkInvalid (another session, another path, too late), Absent,
    StorageUnavailable.
    """
    plain = names.canonical(path)
    expires = _expiry(e)
    if not token.isascii() or not crypto.equal(_token(plain, viewer, expires), token) or expires < time.time():
        raise LinkInvalid
    row = names.find(plain, viewer.user)
    if isinstance(row, Upload) and row.document is not None:
        row = row.document
    return stored(row)


def stored(row: Upload | Document) -> StoredImage:
    """The row's file, a document's first page. Raises Absent, also for what was erased; StorageUnavailable."""
    if row.storage_name is None:
        raise Absent(thing="upload")
    if row.video_name is not None:
        return video(row)
    if not row.pages:
        raise Absent(thing="upload")
    with _opening(row, "upload"):
        content = storage.load(row.user_id, row.storage_name)
    place = row.pages[0]
    page = content[place["offset"] : place["offset"] + place["length"]]
    return StoredImage("image/jpeg", "document.jpg", len(page), (page,))


def video(row: Upload | Document, *, start: int = 0, length: int | None = None) -> StoredImage:
    """The row's video, or so many bytes of it from `start` on; the first piece that they need is open already.

    `size_bytes` is of what is answered. Pieces of the stored file that hold nothing of it are not read. Raises ValueError
    for what lies outside; Absent, also for what was erased; StorageUnavailable.
    """
    if row.video_name is None or row.video is None or not row.pages:
        raise Absent(thing="video")
    whole = row.video["bytes"]
    wanted = whole - start if length is None else length
    if not 0 <= start < start + wanted <= whole:
        raise ValueError("not in the video")
    place, skipped = divmod(start, segments.PIECE_BYTES)
    with _opening(row, "video"):
        chunks = storage.load_long(row.user_id, row.video_name, place=place)
        first = next(chunks)
    name = f"video.{names.SUFFIXES[row.media_type]}"
    return StoredImage(row.media_type, name, wanted, _cut(first[skipped:], chunks, wanted))


def _cut(first: bytes, others: Iterator[bytes], length: int) -> Iterator[bytes]:
    for piece in chain((first,), others):
        yield piece[:length]
        length -= len(piece)
        if length <= 0:
            return


@contextmanager
def _opening(row: Upload | Document, thing: str) -> Iterator[None]:
    """What it means for whoever asks that a file is not there, or is not what was stored. Raises Absent, StorageUnavailable."""
    try:
        yield
    except FileNotFoundError:
        raise Absent(thing=thing) from None
    except crypto.Unsealable:
        logger.error("a stored file does not open: it was damaged", extra={"row": f"{type(row).__name__}:{row.public_id}"})  # noqa: TRY400  # the trace shows nothing more
        raise StorageUnavailable from None


def signed(path: str, *, viewer: str) -> str:
    """The path with expiry and signature. `viewer` names the staff session; it does not appear in the link."""
    expires = int(time.time()) + LINK_SECONDS
    return f"{path}?{urlencode({'e': expires, 's': _signature(path, viewer, expires).hex()})}"


def check(path: str, *, viewer: str, expires: str, signature: str) -> None:
    """Promise that the link was made for this path and viewer and is not late. Raises LinkInvalid."""
    moment = _expiry(expires)
    if not signature.isascii() or not crypto.equal(_signature(path, viewer, moment).hex(), signature) or moment < time.time():
        raise LinkInvalid


def _expiry(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise LinkInvalid
    return int(text)


def _token(path: str, viewer: Viewer, expires: int) -> str:
    return urlsafe_b64encode(_signature(path, str(viewer), expires)).decode()


def _signature(path: str, viewer: str, expires: int) -> bytes:
    return crypto.keyed_hash("kyc.image_link", path, viewer, str(expires))
