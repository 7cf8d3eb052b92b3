"""What a benchmark is: something of ours, and a reference measured beside it."""

from __future__ import annotations

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
