"""Transfers in the background. Each task may run twice, and at once."""

from __future__ import annotations

from celery import shared_task

from wallet.services.transfers import expiry


@shared_task(name="wallet.expire_transfers")
def expire_transfers() -> None:
    """End what nobody confirmed."""
    expiry.expire_due()
