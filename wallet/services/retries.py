"""Trying again what the database asked to try again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, connection

P = ParamSpec("P")
T = TypeVar("T")

TRIES_MAX = 4
"""The first try and three more."""
PAUSE_SECONDS = 0.05
RETRIABLE = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock not available: nothing was written and the next try may go through."""


def retried(verb: Callable[P, T]) -> Callable[P, T]:
    """Run the verb again, with growing jitter, where the database gave up on its transaction.

    Only around a whole transaction: inside one the failed try could not be undone, so there it runs once.
    """

    @wraps(verb)
    def again(*args: P.args, **kwargs: P.kwargs) -> T:
        for tries in range(1, TRIES_MAX + 1):
            try:
                return verb(*args, **kwargs)
            except DatabaseError as failure:
                state = getattr(failure.__cause__, "sqlstate", None)
                if connection.in_atomic_block or state not in RETRIABLE or tries == TRIES_MAX:
                    raise
            time.sleep(random.uniform(0, PAUSE_SECONDS * 2**tries))  # noqa: S311  # jitter, not a secret
        raise AssertionError("unreachable")

    return again
