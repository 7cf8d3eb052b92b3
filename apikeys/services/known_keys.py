"""Keys that were read a moment ago, so that a program which asks often costs one look a second.

Reads alone are answered from here; whatever writes looks the key up. What is kept is forgotten after less than a second,
so that a key which was stopped anywhere is refused everywhere within one.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from django.conf import settings

from apikeys.models import ApiKey

KEYS_MAX = 10_000
"""Keys that one process keeps; when it has so many, it begins anew."""


@dataclass(frozen=True, repr=False)
class Known:
    """A key, its owner and the owner's parent as they were read, and what its signatures are compared with."""

    api_key: ApiKey
    material: bytes


_kept: dict[str, tuple[float, Known]] = {}
_lock = threading.Lock()


def recall(key: str) -> Known | None:
    """What was read of this key less than the settings' time ago."""
    found = _kept.get(key)
    if found is None or time.monotonic() - found[0] >= settings.API_KEY_CACHE_MILLISECONDS / 1000:
        return None
    return found[1]


def keep(known: Known, *, since: float) -> None:
    """Remember what was read. `since`, of the monotonic clock, is from before the reading began: from then on it is old."""
    if settings.API_KEY_CACHE_MILLISECONDS == 0:
        return
    with _lock:
        if len(_kept) >= KEYS_MAX:
            _kept.clear()
        _kept[known.api_key.key] = (since, known)


def forget(key: str) -> None:
    """Look this key up again, in this process at once."""
    with _lock:
        _kept.pop(key, None)
