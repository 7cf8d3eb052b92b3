"""Background work of the identity checks."""

from __future__ import annotations

from celery import shared_task

from kyc.services import retention, sweep, uploads


@shared_task(name="kyc.sweep_files")
def sweep_files() -> int:
    """Delete files that no row names. Safe to run twice."""
    return sweep.orphans()


@shared_task(name="kyc.expire_uploads")
def expire_uploads() -> int:
    """Delete the files of uploads that nobody claimed in time. Safe to run twice."""
    return uploads.expire()


@shared_task(name="kyc.keep_retention")
def keep_retention() -> int:
    """Start the clocks of what has ended, and erase rejected cases whose time is over. Safe to run twice."""
    retention.start_clocks()
    return retention.erase_rejected_cases()
