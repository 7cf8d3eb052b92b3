"""What runs by the clock."""

from __future__ import annotations

from celery import shared_task

from accounts.services import activation, housekeeping, recovery_completion


@shared_task(name="accounts.prune")
def prune() -> int:
    """See housekeeping.prune and activation.expire."""
    return activation.expire() + housekeeping.prune()


@shared_task(name="accounts.complete_recoveries")
def complete_recoveries() -> int:
    """See recovery_completion: cases whose waiting time is over, and those whose selfie did not come. Safe to run twice."""
    return recovery_completion.complete_due() + recovery_completion.expire_due()
