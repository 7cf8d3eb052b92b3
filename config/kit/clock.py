"""The one clock: aware times in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(tz=UTC)


def milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970-01-01 UTC."""
    return int(moment.timestamp() * 1000)


def from_milliseconds(number: int) -> datetime:
    """The time so many whole milliseconds after 1970-01-01 UTC. Raises OverflowError beyond the year 9999."""
    return EPOCH + timedelta(milliseconds=number)
