"""A file as we keep it, before a row names it: sealed and stored, or not at all."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import IO, Any

from django.db import DatabaseError, InterfaceError, OperationalError

from kyc.models import Upload
from kyc.models.documents import Page, Video
from kyc.services import imaging, storage, sweep

logger = logging.getLogger(__name__)
READ_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Kept:
    """What a row says of its file. `pages` are the pictures; a video lies beside them in a file of its own."""

    sha256: bytes
    storage_name: str
    media_type: str
    size_bytes: int
    pages: list[Page]
    video_name: str | None = None
    video: Video | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """What a row of a document or an upload keeps of its file."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @property
    def names(self) -> list[str]:
        """The names of the stored files."""
        return [self.storage_name] + ([self.video_name] if self.video_name else [])


@dataclass(frozen=True)
class Clip:
    """A video that has been read: the rewritten file, and pictures from it, JPEGs one behind another."""

    file: IO[bytes]
    video: Video
    media_type: str
    pages: list[Page]
    pictures: bytes

    @property
    def sha256(self) -> bytes:
        """Of the pictures and the video behind them."""
        found = hashlib.sha256(self.pictures)
        self.file.seek(0)
        while piece := self.file.read(READ_BYTES):
            found.update(piece)
        return found.digest()


def of_upload(row: Upload) -> Kept:
    """The file that an upload holds."""
    assert row.storage_name is not None, "its file is gone"
    return Kept(
        sha256=bytes(row.sha256),
        storage_name=row.storage_name,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        pages=row.pages,
        video_name=row.video_name,
        video=row.video,
    )


@contextmanager
def unless_it_fails(name: str) -> Iterator[None]:
    """Remove the stored file again where what is done with it fails and no row names it.

    Where the answer of a commit is lost, the row may be there or about to appear; and whoever ends the process may do so
    then. Such a file stays: without a row it is the sweep's.
    """
    try:
        yield
    except (OperationalError, InterfaceError):
        logger.warning("whether a file was kept is not known; without a row the sweep will delete it")
        raise
    except Exception:
        if not _may_be_named(name):
            storage.forget(name)
        raise


def _may_be_named(name: str) -> bool:
    try:
        return bool(sweep.named([name]))
    except DatabaseError:
        return True  # nothing can be asked now


@contextmanager
def picture(user_id: int, read: imaging.Picture) -> Iterator[Kept]:
    """The picture sealed and stored; removed again where what is done with it fails. Raises StorageUnavailable."""
    name = storage.store(user_id, read.content)
    with unless_it_fails(name):
        yield Kept(
            sha256=read.sha256,
            storage_name=name,
            media_type=imaging.STORED_MEDIA_TYPE,
            size_bytes=len(read.content),
            pages=read.pages,
        )


@contextmanager
def clip(user_id: int, read: Clip) -> Iterator[Kept]:
    """The video and its pictures sealed and stored; both removed again where anything fails. Raises StorageUnavailable."""
    with picture(user_id, imaging.Picture(read.pictures, read.pages, read.media_type)) as pictures:
        name = storage.store_long(user_id, read.file)
        with unless_it_fails(name):
            yield replace(
                pictures,
                sha256=read.sha256,
                media_type=read.media_type,
                size_bytes=len(read.pictures) + read.video["bytes"],
                video_name=name,
                video=read.video,
            )
