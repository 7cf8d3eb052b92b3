"""Pages of long tables on the staff desk: the newest rows, never all of them counted."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

ROWS_MAX = 1_000
"""Rows that can be paged through; what is older is found by search or filter. It bounds the count and the last offset."""


class CappedPaginator(Paginator):
    """Counts to ROWS_MAX at the most."""

    @cached_property
    def count(self) -> int:  # type: ignore[override]  # Django's is a cached property too
        """How many rows can be paged through."""
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # the desk's lists are querysets
        return rows.order_by()[:ROWS_MAX].count()
