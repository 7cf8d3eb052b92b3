"""What runs by the clock."""

from __future__ import annotations

from celery import shared_task

from accounts.services import activation, housekeeping


@shared_task(name="accounts.prune")
def prune() -> int:
    """See housekeeping.prune and activation.expire."""
    return activation.expire() + housekeeping.prune()
