"""How far the newest applications came, by level."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from kyc.models import Case, Level
from kyc.models.cases import WAITING, CaseState

NEWEST_MAX = 10_000
"""So many of the newest applications are looked at."""


@dataclass(frozen=True)
class Step:
    """One level: how many of the newest applications were begun for it, handed in, and approved."""

    level: int
    begun: int
    handed_in: int
    waiting: int
    approved: int


def funnel() -> list[Step]:
    """The steps, lowest level first."""
    newest = Case.objects.order_by("-id").values("pk")[:NEWEST_MAX]
    found = Case.objects.filter(pk__in=newest).order_by().values_list("level", "state").annotate(Count("pk"))
    counts = {(level, state): number for level, state, number in found}

    def of(level: int, *states: str) -> int:
        return sum(counts.get((level, state), 0) for state in states)

    return [
        Step(
            level=level,
            begun=of(level, *CaseState.values),
            handed_in=of(level, *(state for state in CaseState.values if state != CaseState.DRAFT)),
            waiting=of(level, *WAITING),
            approved=of(level, CaseState.APPROVED),
        )
        for level in sorted(Level.values)
        if level
    ]
