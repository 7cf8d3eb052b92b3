"""Real threads on real connections, let go at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import OperationalError, connection


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run every act in a thread of its own, all behind one barrier; what each returned or raised."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait()
            return act()
        except Exception as refusal:  # noqa: BLE001  # what is raised is what the test looks at
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(acts)) as threads:
        return list(threads.map(run, acts))


def patiently(act: Callable[[], Any]) -> Callable[[], Any]:
    """The act, tried again while the answer is "busy": nothing was changed then, on a slow machine as on a fast one."""

    def again() -> Any:
        while True:
            try:
                return act()
            except OperationalError:
                connection.close()

    return again


def collected(act: Callable[[], Any], times: int) -> Callable[[], list[Any]]:
    """Do it so many times, one after the other; what each returned or raised."""

    def again() -> list[Any]:
        results: list[Any] = []
        for _ in range(times):
            try:
                results.append(act())
            except Exception as refusal:  # noqa: BLE001  # what is raised is what the test looks at
                results.append(refusal)
        return results

    return again
