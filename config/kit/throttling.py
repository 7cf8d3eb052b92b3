"""Rates of operations, counted by django-ratelimit in the shared cache."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest
from django_ratelimit.core import get_usage

from config.kit.errors import Throttled, Unavailable

logger = logging.getLogger(__name__)
NOT_COUNTED: dict[str, Any] = {"count": 0}
"""What django-ratelimit answers where it could count nothing, too."""


def count(request: HttpRequest, *, group: str, who: str, rate: str, fails_open: bool = False) -> None:
    """Count one request of `who` (a user, a key or an address) in `group` against `rate`, e.g. `10/m`.

    Where the cache does not answer nothing can be counted: what only reads goes on (`fails_open`), all else is refused.
    Raises Throttled, Unavailable.
    """
    try:
        usage = get_usage(request, group=group, key=lambda _group, _request: who, rate=rate, increment=True)
    except _troubles() as trouble:
        logger.warning("the cache of rates does not answer: %s", type(trouble).__name__)
        usage = NOT_COUNTED
    if usage is None:
        return
    if not usage["count"]:  # whoever was counted has one request at the least: the cache lost its number meanwhile
        if fails_open:
            return
        raise Unavailable
    if usage["should_limit"]:
        raise Throttled(retry_after=max(1, int(usage["time_left"])))


def _troubles() -> tuple[type[Exception], ...]:
    """What a cache raises that does not answer.

    The client of Redis is read here, once something was raised: it is a tenth of each process's start, and few need it.
    """
    from redis.exceptions import RedisError

    return OSError, RedisError, DatabaseError
