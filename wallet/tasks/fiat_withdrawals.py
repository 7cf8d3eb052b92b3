"""Fiat withdrawals in the background. The task may run twice, and at once."""

from __future__ import annotations

from celery import shared_task

from wallet.services.fiat_withdrawals import expiry


@shared_task(name="wallet.expire_fiat_withdrawals")
def expire_fiat_withdrawals() -> None:
    """End what nobody confirmed."""
    expiry.expire_due()
