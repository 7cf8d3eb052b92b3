"""Bells: after commit a worker is told that a withdrawal waits. A lost bell is made good by the sweeper."""

from __future__ import annotations

import logging
from functools import partial

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)


def ring(withdrawal_id: int) -> None:
    """Tell a worker, once the transaction is committed, to look at the withdrawal. Never fails."""
    transaction.on_commit(partial(_send, withdrawal_id), robust=True)


def _send(withdrawal_id: int) -> None:
    try:
        current_app.send_task("wallet.advance_withdrawal", args=[withdrawal_id], expires=300, retry=False)
    except Exception as failure:  # noqa: BLE001  # brokers' errors have no common base; the sweeper finds the row
        log.warning("the bell was not heard", extra={"withdrawal": withdrawal_id, "failure": type(failure).__name__})
