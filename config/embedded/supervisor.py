"""The process manager: starts the services, keeps them alive, tells what is worth telling, and stops them in order."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from config.embedded.child import Child, Service
from config.embedded.console import say
from config.embedded.files import write_private

STOP_SECONDS_MAX = 20.0
"""Patience with one stage of processes before they are killed."""
LOOK_SECONDS = 0.2
LOUD_LEVELS = {"WARNING", "ERROR", "CRITICAL"}


class Supervisor:
    """All services of one run."""

    def __init__(self, services: Sequence[Service], *, directory: Path, logs: Path, state: Path, verbose: bool = False) -> None:
        self.verbose = verbose
        self.state = state
        self.ending = threading.Event()
        self.signals = 0
        self.ready = False
        self.width = max(len(service.name) for service in services)
        self.children = [Child(service, directory=directory, logs=logs, hear=self.hear) for service in services]

    def install_signals(self) -> None:
        """Ctrl-C and SIGTERM end the run; the second of them stops being polite."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._signalled)

    def start(self) -> None:
        """Start every service in order."""
        for child in self.children:
            child.start()
        self._write_state()

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Look after the children until `ready` holds. False where it does not in time, or the run ends before.

        Before that, what they complain of is mostly each other's absence: it goes to their logs alone.
        """
        deadline = time.monotonic() + seconds
        while not self.ending.is_set() and time.monotonic() < deadline:
            self.look()
            if ready():
                self.ready = True
                return True
            self.ending.wait(LOOK_SECONDS / 2)
        return False

    def run(self) -> None:
        """Look after the children until a signal ends the run."""
        while not self.ending.wait(LOOK_SECONDS):
            self.look()

    def look(self) -> None:
        """Start again what died."""
        before = [child.pid for child in self.children]
        for child in self.children:
            news = child.look()
            if news:
                self.tell(child.service.name, news)
        if before != [child.pid for child in self.children]:
            self._write_state()

    def stop(self) -> list[str]:
        """SIGTERM by stages, SIGKILL for whoever is still there after 20 s: their names."""
        killed: list[str] = []
        for stage in sorted({child.service.stage for child in self.children}):
            members = [child for child in self.children if child.service.stage == stage]
            for child in members:
                child.ask_to_end()
            deadline = time.monotonic() + STOP_SECONDS_MAX
            killed += [child.service.name for child in members if not self._wait(child, deadline)]
        self.state.unlink(missing_ok=True)
        return killed

    def _wait(self, child: Child, deadline: float) -> bool:
        """In small pieces, so that a second Ctrl-C counts at once."""
        while child.pid and time.monotonic() < deadline and self.signals < 2:
            time.sleep(0.02)
        return child.wait(min(deadline, time.monotonic()))

    def hear(self, name: str, line: str) -> None:
        """A line of a service: warnings and errors are shown, everything where the run is verbose."""
        if line and (self.verbose or (self.ready and _is_loud(line))):
            self.tell(name, line)

    def tell(self, name: str, line: str) -> None:
        """Print a line with its service in front."""
        say(f"{name:>{self.width}} | {line}")

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1
        self.ending.set()

    def _write_state(self) -> None:
        write_private(self.state, json.dumps({child.service.name: child.pid for child in self.children}, indent=1))


def _is_loud(line: str) -> bool:
    if not line.startswith("{"):
        return False
    try:
        record = json.loads(line)
    except ValueError:
        return False
    return str(record.get("level", "")).upper() in LOUD_LEVELS
