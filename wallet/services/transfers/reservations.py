"""The open reservations of transfers, for the audit of the books: what is held must be what they say."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Sum

from wallet.models.transfers import ENDS, Transfer


def open_reservations() -> Iterator[tuple[int, int, Decimal]]:
    """(sender id, coin id, amount) summed over the transfers that have not ended."""
    rows = (
        Transfer.objects.exclude(state__in=ENDS)
        .values_list("sender_id", "coin_id")
        .annotate(reserved=Sum("amount"))
        .order_by("sender_id", "coin_id")
    )
    yield from rows.iterator()
