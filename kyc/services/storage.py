"""Where the files lie: sealed, under names that tell nothing, behind Django's storage interface."""

from __future__ import annotations

import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from kyc.services import vault

NAME_BYTES = 24


def store(user_id: int, content: bytes) -> str:
    """Seal and store the bytes; answers the name."""
    name = _new_name()
    sealed = vault.seal(user_id, content, context=_context(name))
    stored = _storage().save(name, ContentFile(sealed))
    if stored != name:
        _storage().delete(stored)
        raise RuntimeError("the storage chose another name than the one that was sealed in")
    return name


def load(user_id: int, name: str) -> bytes:
    """The bytes as they were before sealing. Raises crypto.Unsealable, FileNotFoundError."""
    with _storage().open(name) as file:
        return vault.unseal(user_id, file.read(), context=_context(name))


def delete(name: str) -> None:
    """Remove the file; no complaint where it is gone already."""
    _storage().delete(name)


def shards() -> list[str]:
    """The folders that hold files."""
    storage = _storage()
    return sorted(storage.listdir("")[0]) if storage.exists("") else []


def names_in(shard: str) -> list[str]:
    """The names of the files in one folder."""
    return [f"{shard}/{name}" for name in _storage().listdir(shard)[1]]


def modified_at(name: str) -> float:
    """When the file was written, in seconds since 1970."""
    return _storage().get_modified_time(name).timestamp()


def _new_name() -> str:
    word = secrets.token_hex(NAME_BYTES)
    return f"{word[:2]}/{word}"


def _context(name: str) -> str:
    return f"kyc.document:{name}"


def _storage() -> Storage:
    return storages["kyc"]
