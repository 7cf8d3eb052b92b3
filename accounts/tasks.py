"""What runs by the clock."""

from __future__ import annotations

from celery import shared_task

from accounts.services import activation, hold_shortening, housekeeping, legal_holds, recovery_completion
from messaging.services import housekeeping as messages


@shared_task(name="accounts.prune")
def prune() -> int:
    """See housekeeping.prune; what nobody finished in time ends: activations, and proposals to shorten holds."""
    return activation.expire() + hold_shortening.expire_due() + housekeeping.prune()


@shared_task(name="accounts.purge_messages")
def purge_messages() -> int:
    """See messaging's housekeeping; here, because only this app knows whose messages a legal hold keeps."""
    return messages.purge(held=legal_holds.held())


@shared_task(name="accounts.complete_recoveries")
def complete_recoveries() -> int:
    """See recovery_completion: cases whose waiting time is over, and those whose selfie did not come. Safe to run twice."""
    return recovery_completion.complete_due() + recovery_completion.expire_due()
