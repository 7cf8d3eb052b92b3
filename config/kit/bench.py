"""What a benchmark is: something of ours, and a reference measured beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Setting:
    """How long and with how many clients each measurement runs."""

    seconds: float
    clients: int


class Bench:
    """A benchmark. `ours` and `reference` each measure once and tell how many per second."""

    unit: ClassVar[str] = "per second"
    reference_name: ClassVar[str] = "reference"
    goal: ClassVar[float] = 1.0
    """The ratio of ours to the reference that we want to reach."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def prepare(self) -> None:
        """Fill the empty database."""

    def reference(self) -> float:
        """The reference, once."""
        raise NotImplementedError

    def ours(self) -> float:
        """Ours, once."""
        raise NotImplementedError


class Comparison(Bench):
    """Things that should take the same time. At each door the first kind is what the others are compared with."""

    def doors(self) -> Mapping[str, Mapping[str, Callable[[int], None]]]:
        """By door and kind: what does the n-th sample."""
        raise NotImplementedError

    def facts(self) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
        """By door and kind: what else was found out about it. Asked after the doors."""
        return {}
