"""Which records are wanted, and putting lists of several movements together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

ROWS_MAX = 100
"""Records of one answer at the most."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """From `since` on and before `until`, the newest `limit`."""

    since: datetime | None = None
    until: datetime | None = None
    limit: int = ROWS_MAX


Row = TypeVar("Row", bound=Model)


def newest(rows: QuerySet[Row], moment: str, window: Window) -> QuerySet[Row]:
    """The newest of the rows by the time in that field, within the window."""
    if window.since is not None:
        rows = rows.filter(**{f"{moment}__gte": window.since})
    if window.until is not None:
        rows = rows.filter(**{f"{moment}__lt": window.until})
    return rows.order_by(f"-{moment}", "-id")[: min(window.limit, ROWS_MAX)]


def together(records: Iterable[Any], window: Window) -> list[Any]:
    """Records of several lists, each the newest of its own, as one list."""
    ordered = sorted(records, key=lambda record: (record.at, record.id), reverse=True)
    return ordered[: min(window.limit, ROWS_MAX)]
