"""The books in the background. Each task may run twice, and at once."""

from __future__ import annotations

import logging
from dataclasses import asdict

from celery import shared_task

from wallet.services import audit, folding

log = logging.getLogger(__name__)


@shared_task(name="wallet.fold")
def fold() -> None:
    """Take what waits into the balances of the house."""
    folding.fold_all()


@shared_task(name="wallet.audit_books")
def audit_books() -> None:
    """Prove the books; a difference stops its coin's withdrawals and is an alarm in the log."""
    report = audit.run()
    if not report.ok:
        findings = [asdict(finding) for finding in report.findings]
        log.critical("the books do not hold", extra={"findings": findings, "stopped": report.stopped})
