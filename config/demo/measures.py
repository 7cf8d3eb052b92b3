"""How long each step took, for people and for programs."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Measures:
    """Seconds by step, in the order in which the steps first happened."""

    def __init__(self, advance: Callable[[], object]) -> None:
        self.seconds: dict[str, list[float]] = {}
        self.advance = advance
        self.lock = threading.Lock()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure what happens inside; a step that fails is not measured."""
        began = time.monotonic()
        yield
        with self.lock:
            self.seconds.setdefault(name, []).append(time.monotonic() - began)
            self.advance()

    def summary(self) -> dict[str, dict[str, float]]:
        """Count, min, median and max by step, in seconds."""
        return {
            name: {
                "count": len(found),
                "min": round(min(found), 3),
                "median": round(statistics.median(found), 3),
                "max": round(max(found), 3),
            }
            for name, found in self.seconds.items()
        }

    def table(self) -> str:
        """The summary as a table."""
        rows: list[tuple[str, ...]] = [("step", "count", "min", "median", "max")]
        for name, row in self.summary().items():
            rows.append((name, f"{row['count']:.0f}", *(f"{row[column]:.2f} s" for column in ("min", "median", "max"))))
        width = max(len(row[0]) for row in rows)
        return "\n".join(f"{row[0]:<{width}} " + " ".join(f"{cell:>9}" for cell in row[1:]) for row in rows)


def shown_seconds(seconds: float) -> str:
    """`1 min 23.4 s`."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f} min {rest:.1f} s" if minutes else f"{rest:.1f} s"


Report = dict[str, Any]
