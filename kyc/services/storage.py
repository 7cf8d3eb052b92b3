"""Where the files lie: sealed, under names that tell nothing, behind Django's storage interface."""

from __future__ import annotations

import logging
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Protocol, runtime_checkable

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages

from kyc.errors import StorageUnavailable
from kyc.services import segments, vault

logger = logging.getLogger(__name__)

NAME_BYTES = 24
OURS = re.compile(rf"([0-9a-f]{{2}})/\1[0-9a-f]{{{NAME_BYTES * 2 - 2}}}|checks/[0-9a-f]{{16}}", re.ASCII)
"""How we name files: documents, pictures and videos; and probes (see `storage_check`)."""


@runtime_checkable
class Reaching(Protocol):
    """A store that answers a file from an offset on, without what is before it: one over a network."""

    def open_at(self, name: str, offset: int) -> File[bytes]:
        """The file from that byte on."""
        ...


def store(user_id: int, content: bytes) -> str:
    """Seal and store the bytes; answers the name. Raises StorageUnavailable, and then leaves nothing behind."""
    name = _new_name()
    sealed = vault.seal(user_id, content, context=_context(name))
    _save(name, ContentFile(sealed))
    return name


def store_long(user_id: int, source: IO[bytes]) -> str:
    """Seal the file piece by piece and store it; answers the name. Raises StorageUnavailable, and leaves nothing behind."""
    name = _new_name()
    source.seek(0)
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as sealed:
        segments.seal(user_id, source, sealed, context=_context(name))
        sealed.seek(0)
        _save(name, File(sealed))
    return name


def load_long(user_id: int, name: str, *, place: int = 0) -> Iterator[bytes]:
    """The pieces of a file that was stored by `store_long`, from the piece of that place; no earlier one is read.

    Raises crypto.Unsealable, FileNotFoundError, StorageUnavailable.
    """
    with answering():
        file = _open_at(name, place * segments.SEALED_PIECE_BYTES)
    return _pieces(user_id, name, file, place)


def _open_at(name: str, offset: int) -> File[bytes]:
    store = _storage()
    if offset and isinstance(store, Reaching):
        return store.open_at(name, offset)
    file = store.open(name)
    if offset:
        file.seek(offset)
    return file


def _pieces(user_id: int, name: str, file: File[bytes], place: int) -> Iterator[bytes]:
    with answering(), file:
        yield from segments.unseal(user_id, file, context=_context(name), place=place)


def _save(name: str, content: File[bytes]) -> None:
    try:
        with answering():
            stored = _storage().save(name, content)
    except StorageUnavailable:
        forget(name)  # of a file that was begun
        raise
    if stored != name:
        forget(stored)
        raise RuntimeError("the storage chose another name than the one that was sealed in")


def load(user_id: int, name: str) -> bytes:
    """The bytes as they were before sealing. Raises crypto.Unsealable, FileNotFoundError, StorageUnavailable."""
    with answering(), _storage().open(name) as file:
        sealed = file.read()
    return vault.unseal(user_id, sealed, context=_context(name))


def delete(name: str) -> None:
    """Remove the file; no complaint where it is gone already. Raises StorageUnavailable."""
    with answering():
        _storage().delete(name)


@contextmanager
def answering() -> Iterator[None]:
    """What a store's own exceptions mean: FileNotFoundError passes, all else is StorageUnavailable."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, BotoCoreError, ClientError, SuspiciousOperation) as trouble:
        code = trouble.response.get("Error", {}).get("Code", "") if isinstance(trouble, ClientError) else ""
        logger.warning("the document storage does not serve us", extra={"trouble": type(trouble).__name__, "code": code})
        raise StorageUnavailable from None


def forget(name: str) -> None:
    """Remove the file if that is possible now; what fails is left to the sweep. Raises nothing."""
    try:
        delete(name)
    except StorageUnavailable:
        logger.warning("a file could not be deleted yet; the sweep will do it")


def shards() -> list[str]:
    """The folders that hold files. Raises StorageUnavailable."""
    try:
        with answering():
            return sorted(_storage().listdir("")[0])
    except FileNotFoundError:  # of a directory that no file was written to yet
        return []


def names_in(shard: str) -> list[str]:
    """The names of the files in one folder. Raises StorageUnavailable."""
    with answering():
        return [f"{shard}/{name}" for name in _storage().listdir(shard)[1]]


def is_ours(name: str) -> bool:
    """Whether it is a name that we give: others may keep their files in the same store."""
    return OURS.fullmatch(name) is not None


def modified_at(name: str) -> float:
    """When the file was written, in seconds since 1970. Raises FileNotFoundError, StorageUnavailable."""
    with answering():
        return _storage().get_modified_time(name).timestamp()


def _new_name() -> str:
    word = secrets.token_hex(NAME_BYTES)
    return f"{word[:2]}/{word}"


def _context(name: str) -> str:
    return f"kyc.document:{name}"


def _storage() -> Storage:
    return storages["kyc"]
