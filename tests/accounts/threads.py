"""Many callers at the same moment, each on a connection of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

from config.kit.errors import DomainError

T = TypeVar("T")
THREADS_MAX = 24
"""The suite runs in parallel, and PostgreSQL's connections are counted."""


def at_once(number: int, act: Callable[[int], T]) -> list[T | DomainError]:
    """The results (or refusals) of `number` calls, THREADS_MAX of which start together."""
    threads = min(number, THREADS_MAX)
    gate = threading.Barrier(threads)

    def share(first: int) -> list[T | DomainError]:
        try:
            connection.ensure_connection()
            gate.wait(timeout=60)
            return [one(index) for index in range(first, number, threads)]
        finally:
            connection.close()

    def one(index: int) -> T | DomainError:
        try:
            return act(index)
        except DomainError as refused:
            return refused

    with ThreadPoolExecutor(threads) as pool:
        return [result for shared in pool.map(share, range(threads)) for result in shared]


def wait_until_somebody_waits(seconds: float = 30) -> None:
    """Return once a connection of this database waits for a lock: what has to meet has met."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction the first look would be remembered
            cursor.execute(
                "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody came to wait")
