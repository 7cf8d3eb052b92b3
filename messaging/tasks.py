"""Tasks: ids only, safe to run twice."""

from __future__ import annotations

from celery import shared_task

from messaging.services import delivery, housekeeping


@shared_task(name="messaging.deliver")
def deliver(message_id: int) -> None:
    """Deliver one message, if it is due and nobody else holds it."""
    delivery.deliver(message_id)


@shared_task(name="messaging.sweep")
def sweep() -> None:
    """Deliver what the bell missed, what is due again, and what a dead worker held."""
    delivery.sweep()


@shared_task(name="messaging.purge")
def purge() -> None:
    """Delete what has no use any more."""
    housekeeping.purge()
