"""A file as we keep it, before a row names it: sealed and stored, or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import IO, Any

from kyc.models import Upload
from kyc.models.documents import Page, Video
from kyc.services import imaging, storage

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
def picture(user_id: int, read: imaging.Picture) -> Iterator[Kept]:
    """The picture sealed and stored; removed again where what is done with it fails. Raises StorageUnavailable."""
    name = storage.store(user_id, read.content)
    try:
        yield Kept(
            sha256=read.sha256,
            storage_name=name,
            media_type=imaging.STORED_MEDIA_TYPE,
            size_bytes=len(read.content),
            pages=read.pages,
        )
    except BaseException:
        storage.forget(name)
        raise


@contextmanager
def clip(user_id: int, read: Clip) -> Iterator[Kept]:
    """The video and its pictures sealed and stored; both removed again where anything fails. Raises StorageUnavailable."""
    with picture(user_id, imaging.Picture(read.pictures, read.pages, read.media_type)) as pictures:
        name = storage.store_long(user_id, read.file)
        try:
            yield replace(
                pictures,
                sha256=read.sha256,
                media_type=read.media_type,
                size_bytes=len(read.pictures) + read.video["bytes"],
                video_name=name,
                video=read.video,
            )
        except BaseException:
            storage.forget(name)
            raise
