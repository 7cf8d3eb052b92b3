"""Whether a public door may say that an account exists: only where the tenant wants it, and only so often.

Neutral answers are the rule. With STRICT_CODES on, the contracts' own words for "taken" and "unknown" appear, so many
times an hour for one network; after that its answers are neutral again.
"""

from __future__ import annotations

from django.conf import settings

from config.kit.clock import now
from config.kit.network import neighbourhood
from messaging.services.limits import HOUR_SECONDS, Exhausted, Limit, limit_key, take

TOLD_PER_HOUR_MAX = 10
"""Strict answers to one /24 (IPv6: /56)."""


def may_tell(ip: str) -> bool:
    """Whether the asker may be told; it counts against what the network is told in an hour."""
    if not settings.STRICT_CODES:
        return False
    try:
        take(limit_key("strict answers", neighbourhood(ip)), (Limit(TOLD_PER_HOUR_MAX, HOUR_SECONDS),), at=now())
    except Exhausted:
        return False
    return True
