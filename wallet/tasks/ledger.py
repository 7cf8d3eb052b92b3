"""The books in the background. Each task may run twice, and at once."""

from __future__ import annotations

from celery import shared_task

from wallet.services import ages, audit, folding, holdings


@shared_task(name="wallet.fold")
def fold() -> None:
    """Take what waits into the balances of the house."""
    folding.fold_all()


@shared_task(name="wallet.audit_books")
def audit_books() -> None:
    """Prove what came into the books since the last proof; a difference stops its coin's withdrawals and is an alarm."""
    audit.run_and_tell(incremental=True)


@shared_task(name="wallet.audit_books_whole")
def audit_books_whole() -> None:
    """Prove the books from their beginning, every posting by itself."""
    audit.run_and_tell(full=True)


@shared_task(name="wallet.compare_wallets")
def compare_wallets() -> None:
    """Hold what the chains say that our wallets have against the books; a shortage stops its coin's withdrawals."""
    holdings.compare()


@shared_task(name="wallet.ring_age_alarms")
def ring_age_alarms() -> None:
    """Tell staff what stands too long."""
    ages.ring()
