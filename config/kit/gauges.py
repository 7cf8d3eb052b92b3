"""What can be measured of the product at a moment: each app registers its gauges, `config.metrics` reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Min, Model, QuerySet

from config.kit.clock import now
from config.kit.flow import Flow

Reading = tuple[tuple[str, ...], float]
"""Values of the labels, and the number."""


@dataclass(frozen=True)
class Gauge:
    """One measured thing. `name` ends in its unit; `read` gives a number for each combination of the labels' values."""

    name: str
    documentation: str
    labels: tuple[str, ...]
    read: Callable[[], Iterable[Reading]]


_GAUGES: dict[str, Gauge] = {}


def register(*gauges: Gauge) -> None:
    """Let these be read. Raises ValueError where a name is taken."""
    for gauge in gauges:
        if _GAUGES.setdefault(gauge.name, gauge) is not gauge:
            raise ValueError(f"two gauges are named {gauge.name}")


def registered() -> list[Gauge]:
    """All of them, by name."""
    return [gauge for _, gauge in sorted(_GAUGES.items())]


def registered_as(name: str) -> Gauge:
    """The gauge of this name. Raises KeyError where there is none."""
    return _GAUGES[name]


def queue(
    name: str, what: str, rows: Callable[[], QuerySet[Model]], *, states: Iterable[str], since: str
) -> tuple[Gauge, Gauge]:
    """How many rows are in each of these states, and how long the oldest of each has been there, in seconds.

    States without a row read 0, so that an alarm on the gauge never waits for its first row. `since` names the column of
    the time. `rows` must be found by an index over `states`: it is read at each scrape.
    """
    known = tuple(states)

    def counts() -> list[Reading]:
        found = dict(rows().filter(state__in=known).order_by().values_list("state").annotate(Count("pk")))
        return [((state,), float(found.get(state, 0))) for state in known]

    def ages() -> list[Reading]:
        found = dict(rows().filter(state__in=known).order_by().values_list("state").annotate(Min(since)))
        moment = now()
        return [((state,), max(0.0, (moment - found[state]).total_seconds()) if state in found else 0.0) for state in known]

    return (
        Gauge(f"quaestor_{name}", f"{what}, by state.", ("state",), counts),
        Gauge(f"quaestor_{name}_oldest_seconds", f"Age of the oldest: {what}, by state.", ("state",), ages),
    )


_FLOWS: dict[str, Flow] = {}
"""The state tables by the database's table whose column `state` follows them."""
_ESTIMATES = """
    SELECT s.tablename, s.most_common_vals::text::text[], s.most_common_freqs, greatest(c.reltuples, 0)
      FROM pg_stats s JOIN pg_class c ON c.relname = s.tablename AND c.relnamespace = 'public'::regnamespace
     WHERE s.schemaname = 'public' AND s.attname = 'state' AND s.tablename = ANY(%s)
"""


def follow(flow: Flow, model: type[Model]) -> None:
    """Let the states of this table be estimated. Raises ValueError where it follows another flow already."""
    if _FLOWS.setdefault(model._meta.db_table, flow) is not flow:  # noqa: SLF001  # Django's documented door
        raise ValueError(f"{model._meta.db_table} follows two flows")  # noqa: SLF001  # as above


def followed() -> dict[str, Flow]:
    """Every state table by the database's table."""
    return dict(_FLOWS)


def _estimated() -> list[Reading]:
    """Rows in each state of each flow, ends too, as the planner's statistics have them: no table is read, however long."""
    with connection.cursor() as cursor:
        cursor.execute(_ESTIMATES, [list(_FLOWS)])
        found = {
            (table, state): share * rows
            for table, states, shares, rows in cursor.fetchall()
            for state, share in zip(states or (), shares or (), strict=True)
        }
    return [
        ((table, state), float(round(found.get((table, state), 0.0))))
        for table, flow in sorted(_FLOWS.items())
        for state in sorted(flow.states)
    ]


register(
    Gauge(
        "quaestor_states_estimated",
        "Rows in each state, ends too, by the planner's statistics (exact for queues: their own gauges).",
        ("table", "state"),
        _estimated,
    )
)
