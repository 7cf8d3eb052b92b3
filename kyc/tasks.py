"""Background work of the identity checks."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured

from kyc.services import expiry, hint_work, retention, storage_check, sweep, uploads


@worker_init.connect
def try_storage(**_: Any) -> None:
    """A worker doesn't start on a store that is set up wrongly: only SystemExit leaves a receiver of Celery's signals."""
    try:
        storage_check.at_start()
    except ImproperlyConfigured as unfit:
        raise SystemExit(str(unfit)) from None


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


@shared_task(name="kyc.look_at_document")
def look_at_document(document_id: int) -> None:
    """Find the hints of one document, if that is due and nobody else does."""
    hint_work.look(document_id)


@shared_task(name="kyc.sweep_hints")
def sweep_hints() -> int:
    """Find the hints of documents whose bell was not heard or whose worker died. Safe to run twice."""
    return hint_work.sweep()


@shared_task(name="kyc.expire_documents")
def expire_documents() -> tuple[int, int]:
    """Tell whose identity document expires soon, and end the level of those whose has. Safe to run twice."""
    return expiry.warn(), expiry.lower()
