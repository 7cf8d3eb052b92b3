"""Rates of operations, counted by django-ratelimit in the shared cache."""

from __future__ import annotations

from django.http import HttpRequest
from django_ratelimit.core import get_usage

from config.kit.errors import Throttled


def count(request: HttpRequest, *, group: str, who: str, rate: str) -> None:
    """Count one request of `who` (a user or an address) in `group` against `rate`, e.g. `10/m`. Raises Throttled."""
    usage = get_usage(request, group=group, key=lambda _group, _request: who, rate=rate, increment=True)
    if usage is not None and usage["should_limit"]:
        raise Throttled(retry_after=max(1, int(usage["time_left"])))
