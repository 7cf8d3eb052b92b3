"""Background work of the identity checks."""

from __future__ import annotations

from celery import shared_task

from kyc.services import sweep


@shared_task(name="kyc.sweep_files")
def sweep_files() -> int:
    """Delete files that no row names. Safe to run twice."""
    return sweep.orphans()
