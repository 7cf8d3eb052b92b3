"""Customers whose time is over, in the background. Each task may run twice, and at once."""

from __future__ import annotations

from celery import shared_task

from wallet.services import leaving


@shared_task(name="wallet.erase_customers")
def erase_customers() -> int:
    """Erase closed accounts whose retention time is over."""
    return leaving.erase_due()
