"""Folding: taking what waits into the stored balances of the house, off the customers' path."""

from __future__ import annotations

from wallet.models.ledger import PendingEntry
from wallet.services import posting_calls
from wallet.services.retries import retried

ROWS_PER_CALL = 10_000
"""Entries folded in one transaction: short enough that nobody waits for it."""


def fold_all() -> int:
    """Fold every account of the house that has entries waiting; how many entries. Safe to run twice and at once."""
    waiting = PendingEntry.objects.order_by("account_id").values_list("account_id", flat=True).distinct()
    return sum(fold(account_id) for account_id in list(waiting))


def fold(account_id: int) -> int:
    """Fold one account until less than a full call is left; how many entries."""
    folded = 0
    while True:
        rows = _fold_once(account_id)
        folded += rows
        if rows < ROWS_PER_CALL:
            return folded


@retried
def _fold_once(account_id: int) -> int:
    return posting_calls.fold(account_id, rows_max=ROWS_PER_CALL)
