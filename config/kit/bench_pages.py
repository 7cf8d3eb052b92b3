"""What benchmarks of long lists share: rows by the million, written by the database itself, and the SQL of one page."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, models
from tqdm import tqdm

QUERIES_MAX, SQL_MS_MAX = 12, 20.0
"""What a page of a queue may take. One that takes more queries ends the benchmark; longer ones are told."""
SAMPLES_OF_SQL = 15
ROWS_AT_ONCE = 50_000


class SqlClock:
    """Counts queries and their time, as Django sees it."""

    def __init__(self) -> None:
        self.queries, self.milliseconds = 0, 0.0

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:  # Django's signature
        """Run the query and note it."""
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.queries += 1
            self.milliseconds += (time.perf_counter() - begun) * 1_000


def measured(name: str, page: Callable[[int], None], *, queries_max: int | None = QUERIES_MAX) -> dict[str, float]:
    """Queries and median milliseconds of SQL of a page. Raises RuntimeError for one that takes too many queries."""
    page(0)  # the first one warms what no page is to blame for
    clocks = [SqlClock() for _ in range(SAMPLES_OF_SQL)]
    for sample, clock in enumerate(clocks):
        with connection.execute_wrapper(clock):
            page(sample)
    queries, milliseconds = clocks[0].queries, statistics.median(clock.milliseconds for clock in clocks)
    if queries_max is not None and queries > queries_max:
        raise RuntimeError(f"{name} takes {queries} queries")
    return {"queries": queries, "sql_ms": round(milliseconds, 2), "within": milliseconds <= SQL_MS_MAX}


def multiply(
    model: type[models.Model], pk: int, times: int, changed: dict[str, str], *, start: int = 1, said: str = ""
) -> None:
    """Copy the row many times over; `changed` gives SQL of the counter n for the columns that differ.

    With `said` a bar of that name tells how far it is.
    """
    names = columns(model)
    chosen = ", ".join(changed.get(name, f't."{name}"') for name in names)
    table = model._meta.db_table  # noqa: SLF001  # Django's documented interface
    with (
        connection.cursor() as cursor,
        tqdm(total=times, desc=said, unit="row", unit_scale=True, disable=not said or None) as bar,
    ):
        for first in range(start, start + times, ROWS_AT_ONCE):
            last = min(first + ROWS_AT_ONCE, start + times) - 1
            cursor.execute(
                f'INSERT INTO "{table}" ({quoted(names)}) '  # noqa: S608  # our own names, no input
                f'SELECT {chosen} FROM "{table}" t, generate_series({first}, {last}) n WHERE t.id = %s',
                [pk],
            )
            bar.update(last - first + 1)


def columns(model: type[models.Model]) -> list[str]:
    """The model's columns but its own key, which the database gives."""
    fields: list[Any] = [field for field in model._meta.concrete_fields if not field.primary_key]  # noqa: SLF001  # documented
    return [field.column for field in fields]


def quoted(names: list[str]) -> str:
    """A list of columns as SQL."""
    return ", ".join(f'"{name}"' for name in names)
