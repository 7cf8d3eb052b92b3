"""How long one request may work, where a dialect's document says so.

Past its time a request begins no further statement that could still be undone: what it had begun is rolled back, so that
who is told of it knows that nothing was changed. What it finished before is answered. Each statement and each wait for a
lock ends by the limits of the database, so that a request can outlive its time by one statement alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from django.db import OperationalError, connection

from config.kit.errors import TimedOut

STOPPED = frozenset({"57014", "55P03"})
"""query_canceled and lock_not_available: the database stopped a statement, or a wait. Source: PostgreSQL, appendix A."""


class Deadline:
    """The time of one request, asked before each of its statements."""

    def __init__(self, seconds: int) -> None:
        self.ends_at = monotonic() + seconds
        self.may_have_acted = False
        self.is_undone = True
        """Whether the statement that came last leaves nothing behind where it fails."""

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Execute it, unless the time is over. Raises TimedOut."""
        in_transaction = context["connection"].in_atomic_block
        self.is_undone = in_transaction or not self.may_have_acted
        if self.is_undone and monotonic() >= self.ends_at:
            raise TimedOut
        self.may_have_acted |= in_transaction
        return execute(sql, params, many, context)


@contextmanager
def deadline(seconds: int | None) -> Iterator[None]:
    """Let what happens within take so long. Raises TimedOut."""
    if seconds is None:
        yield
        return
    time = Deadline(seconds)
    with connection.execute_wrapper(time):
        try:
            yield
        except OperationalError as trouble:
            if time.is_undone and getattr(trouble.__cause__, "sqlstate", None) in STOPPED:
                raise TimedOut from trouble
            raise
