"""The fault switch: what a test may make the chain's door do wrong."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum

FOREVER = -1


class Fault(StrEnum):
    """What goes wrong with an answer."""

    HANG = "hang"
    """The request is neither carried out nor answered."""
    LATE = "late"
    """It is carried out at once and answered some seconds later."""
    LOSE_ANSWER = "lose_answer"
    """It is carried out; the connection closes without an answer."""
    GARBAGE = "garbage"
    """It is carried out; the answer is no JSON."""


@dataclass(slots=True)
class _Armed:
    fault: Fault
    method: str
    times: int
    seconds: float


class FaultSwitch:
    """Faults waiting to happen. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []
        self.released = threading.Event()

    def arm(self, fault: str, method: str = "*", times: int = 1, seconds: float = 3600.0) -> None:
        """Let the next `times` calls of a method (`*`: any; FOREVER: until cleared) go wrong."""
        with self._lock:
            self.released.clear()
            self._armed.append(_Armed(Fault(fault), method, int(times), float(seconds)))

    def clear(self) -> None:
        """No more faults; what hangs is let go."""
        with self._lock:
            self._armed.clear()
            self.released.set()

    def take(self, method: str) -> tuple[Fault, float] | None:
        """The fault that this call meets, used up."""
        with self._lock:
            for armed in self._armed:
                if armed.method in ("*", method) and armed.times != 0:
                    armed.times -= 1 if armed.times > 0 else 0
                    return armed.fault, armed.seconds
        return None
