"""Tasks: ids only, safe to run twice."""

from __future__ import annotations

from celery import shared_task

from messaging.services import delivery, webhooks


@shared_task(name="messaging.deliver")
def deliver(message_id: int) -> None:
    """Deliver one message, if it is due and nobody else holds it."""
    delivery.deliver(message_id)


@shared_task(name="messaging.sweep")
def sweep() -> None:
    """Deliver what the bell missed, what is due again, and what a dead worker held."""
    delivery.sweep()


@shared_task(name="messaging.deliver_webhook")
def deliver_webhook(webhook_id: int) -> None:
    """Deliver one webhook, if it is due and nobody else holds it."""
    webhooks.deliver(webhook_id)


@shared_task(name="messaging.sweep_webhooks")
def sweep_webhooks() -> None:
    """Deliver the webhooks that are due."""
    webhooks.sweep()
