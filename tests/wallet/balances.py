"""What tests read of the books."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wallet.models.ledger import AccountKind, Entry, LedgerAccount


def available(customer: Any, coin: str) -> Decimal:
    """The customer's available balance."""
    found = LedgerAccount.objects.filter(owner=customer, coin__code=coin, kind=AccountKind.SPOT_AVAILABLE).first()
    return found.balance if found else Decimal(0)


def postings_of(customer: Any, coin: str) -> int:
    """How many postings touched the customer's available balance."""
    entries = Entry.objects.filter(account__owner=customer, account__coin__code=coin)
    return entries.filter(account__kind=AccountKind.SPOT_AVAILABLE).values("posting_id").distinct().count()
