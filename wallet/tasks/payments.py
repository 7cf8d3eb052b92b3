"""Payments in the background. The task may run twice, and at once."""

from __future__ import annotations

from celery import shared_task

from wallet.services.payments import settling


@shared_task(name="wallet.expire_payments")
def expire_payments() -> None:
    """Give back what was held too long."""
    settling.expire_due()
