"""A file as we keep it, before a row names it: sealed and stored, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kyc.models import Upload
from kyc.models.documents import Page, Video
from kyc.services import imaging, storage


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
    def names(self) -> list[str]:
        """The names of the stored files."""
        return [self.storage_name] + ([self.video_name] if self.video_name else [])


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
