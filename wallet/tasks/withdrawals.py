"""Withdrawals in the background. Each task may run twice, and at once."""

from __future__ import annotations

from celery import shared_task

from wallet.services.withdrawals import expiry, pipeline, reconciliation


@shared_task(name="wallet.advance_withdrawal")
def advance_withdrawal(withdrawal_id: int) -> None:
    """The bell: do the next step of one withdrawal."""
    pipeline.advance(withdrawal_id)


@shared_task(name="wallet.sweep_withdrawals")
def sweep_withdrawals() -> None:
    """What no bell announced, and what waits for the chain."""
    pipeline.sweep()


@shared_task(name="wallet.expire_withdrawals")
def expire_withdrawals() -> None:
    """End what nobody confirmed."""
    expiry.expire_due()


@shared_task(name="wallet.reconcile_withdrawals")
def reconcile_withdrawals() -> None:
    """Age alarms, and settled withdrawals that the chain gave up, and failed ones that it paid."""
    reconciliation.ring_age_alarms()
    reconciliation.vanished()
    reconciliation.resurrected()
