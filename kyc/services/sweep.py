"""Files that no row names: left by a crash between writing a file and its row, or by a deletion that failed."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from accounts.models import Erasure
from kyc.models import Document, RecoverySelfie, Upload
from kyc.services import storage

ORPHAN_AGE_SECONDS_MIN = 3600
"""A younger file may belong to an upload whose transaction is still open."""
HOLDERS: tuple[tuple[Any, str], ...] = (
    (Document, "storage_name"),
    (Document, "video_name"),
    (Upload, "storage_name"),
    (Upload, "video_name"),
    (RecoverySelfie, "storage_name"),
)
"""Every column that names a stored file."""


def orphans() -> int:
    """Delete them; answers how many there were. Raises StorageUnavailable, and the next run goes on.

    What is not named as our files are is somebody else's, and stays.
    """
    found = 0
    for shard in storage.shards():
        names = [name for name in storage.names_in(shard) if storage.is_ours(name)]
        for name in sorted(set(names) - named(names)):
            found += _delete_if_orphan(name)
    return found


def _delete_if_orphan(name: str) -> bool:
    try:
        age = time.time() - storage.modified_at(name)
    except FileNotFoundError:  # deleted since it was listed
        return False
    if age < ORPHAN_AGE_SECONDS_MIN or named([name]):  # asked again: a row may have come since
        return False
    storage.delete(name)
    return True


def named(names: Iterable[str]) -> set[str]:
    """Those that a row names. One statement: a claim moves a name from row to row, and between two it would be in neither."""
    wanted = list(names)
    first, *others = (
        _kept(model).filter(**{f"{column}__in": wanted}).values_list(column, flat=True).order_by() for model, column in HOLDERS
    )
    return set(first.union(*others))


def _kept(model: Any) -> Any:
    """The rows whose files are kept: an erased customer's rows stay, and their files are nobody's."""
    return model.objects.exclude(user__in=Erasure.objects.values("customer"))
