"""Moving a row through its Flow: checked, conditional on the state that was seen, under the caller's lock."""

from __future__ import annotations

from typing import Any

from django.db import connection, models

from config.kit.clock import now
from config.kit.flow import Flow


def moved(row: models.Model, flow: Flow, target: str, **changes: Any) -> str:
    """Move a locked row to the target state, changing these fields with it; answers the state before.

    The end's moment is written where the target is one. Raises IllegalMove, and RuntimeError where the caller doesn't
    hold the row's lock in an open transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"a {flow.name} moves only inside a transaction that holds its lock")
    before: str = row.state  # type: ignore[attr-defined]  # every row with a Flow has a state
    flow.check(before, target)
    moment = now()
    changes = {"state": target, "state_since": moment, **changes}
    if target in flow.ends:
        changes["finished_at"] = moment
    manager: models.Manager[Any] = type(row).objects  # type: ignore[attr-defined]  # every table of ours has its manager
    if manager.filter(pk=row.pk, state=before).update(**changes) != 1:
        raise RuntimeError(f"{flow.name} {row.pk} moved without its lock")
    for name, value in changes.items():
        setattr(row, name, value)
    return before
