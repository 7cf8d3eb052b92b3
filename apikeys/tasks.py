"""What runs by the clock."""

from __future__ import annotations

from celery import shared_task

from apikeys.services import pruning


@shared_task(name="apikeys.prune")
def prune() -> int:
    """See pruning.prune."""
    return pruning.prune()
