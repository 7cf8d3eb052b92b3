"""Stacked bars, drawn here as numbers for an SVG: no script, no style attribute, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wallet.services.overview import Hour

WIDTH, HEIGHT, GAP = 480, 120, 4


@dataclass(frozen=True)
class Bar:
    """A rectangle: place and size in the drawing's units, what it stands for, and its words."""

    x: float
    y: float
    width: float
    height: float
    group: int
    title: str


@dataclass(frozen=True)
class Chart:
    """The drawing, what its colours mean, and the highest column."""

    bars: list[Bar]
    legend: list[tuple[int, str, int]]
    highest: int
    width: int = WIDTH
    height: int = HEIGHT


def stacked(hours: Sequence[Hour], groups: Sequence[str]) -> Chart:
    """One column for each hour, its groups upon each other in this order."""
    highest = max((sum(hour.counts.values()) for hour in hours), default=0)
    step = WIDTH / max(1, len(hours))
    bars = []
    for place, hour in enumerate(hours):
        base = float(HEIGHT)
        when = "the last hour" if hour.ago == 0 else f"{hour.ago} to {hour.ago + 1} h ago"
        for number, group in enumerate(groups):
            if count := hour.counts.get(group, 0):
                height = round(count / highest * HEIGHT, 2)
                base -= height
                bars.append(
                    Bar(
                        round(place * step, 2), round(base, 2), round(step - GAP, 2), height, number, f"{when}: {count} {group}"
                    )
                )
    legend = [(number, group, sum(hour.counts.get(group, 0) for hour in hours)) for number, group in enumerate(groups)]
    return Chart(bars, legend, highest)
