"""Pages of long tables on the staff desk: the newest rows, never all of them counted."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.utils.functional import cached_property

ROWS_MAX = 1_000
"""Rows that can be paged through; what is older is found by search or filter. It bounds the count and the last offset."""


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs alone
    """Counts to ROWS_MAX at the most."""

    @cached_property
    def count(self) -> int:  # type: ignore[override]  # Django's is a cached property too
        """How many rows can be paged through."""
        return int(self.object_list.order_by()[:ROWS_MAX].count())
