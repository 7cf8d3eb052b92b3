"""Pages of long tables on the staff desk: the newest rows, never all of them counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

ROWS_MAX = 1_000
"""Rows that can be paged through; what is older is found by search or filter. It bounds the count and the last offset."""


if TYPE_CHECKING:
    _Paginator = Paginator[QuerySet[Any]]
else:
    _Paginator = Paginator


class CappedPaginator(_Paginator):
    """Counts to ROWS_MAX at the most."""

    @cached_property
    def count(self) -> int:
        """How many rows can be paged through."""
        rows = cast("QuerySet[Any]", self.object_list)
        return rows.order_by()[:ROWS_MAX].count()
