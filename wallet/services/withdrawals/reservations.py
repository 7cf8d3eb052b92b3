"""The open reservations of withdrawals, for the audit of the books: what is held must be what they say."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import F, Sum

from wallet.models.withdrawals import ENDS, Withdrawal


def open_reservations() -> Iterator[tuple[int, int, Decimal]]:
    """(customer id, coin id, amount + fee) summed over the withdrawals that have not ended."""
    rows = (
        Withdrawal.objects.exclude(state__in=ENDS)
        .values_list("customer_id", "coin_network__coin_id")
        .annotate(reserved=Sum(F("amount") + F("fee")))
        .order_by("customer_id", "coin_network__coin_id")
    )
    yield from rows.iterator()
