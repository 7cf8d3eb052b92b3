"""Many callers at the same moment, each on a connection of its own."""

from __future__ import annotations

import threading
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
