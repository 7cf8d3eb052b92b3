"""Start-up checks: the document storage must take a file before the first customer brings one."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.files.base import ContentFile
from django.core.files.storage import storages


@register(Tags.files, deploy=True)
def storage_takes_files(**_: Any) -> list[CheckMessage]:
    """Write, read and delete one small file in the storage of the documents."""
    name = f"checks/{secrets.token_hex(8)}"
    try:
        storage = storages["kyc"]
        stored = storage.save(name, ContentFile(b"check"))
        with storage.open(stored) as file:
            same = file.read() == b"check"
        storage.delete(stored)
    except Exception as problem:  # noqa: BLE001  # whatever a storage backend raises is the finding
        return [Error(f"The document storage can't be used: {type(problem).__name__}.", id="kyc.E001")]
    return [] if same else [Error("The document storage gives back other bytes than it took.", id="kyc.E001")]
