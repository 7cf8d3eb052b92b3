"""Files that no row names: left by a crash between writing a file and its row, or by a deletion that failed."""

from __future__ import annotations

import time

from kyc.models import Document, RecoverySelfie
from kyc.services import storage

ORPHAN_AGE_SECONDS_MIN = 3600
"""A younger file may belong to an upload whose transaction is still open."""


def orphans() -> int:
    """Delete them; answers how many there were."""
    found = 0
    for shard in storage.shards():
        names = storage.names_in(shard)
        known = {
            *Document.objects.filter(storage_name__in=names).values_list("storage_name", flat=True),
            *RecoverySelfie.objects.filter(storage_name__in=names).values_list("storage_name", flat=True),
        }
        for name in sorted(set(names) - known):
            if time.time() - storage.modified_at(name) < ORPHAN_AGE_SECONDS_MIN:
                continue
            storage.delete(name)
            found += 1
    return found
