"""One process of the product: started in a session of its own, started again when it dies, stopped politely."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

BACK_OFF_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Pauses before a dead process is started again: the longer, the more often it died."""
STEADY_SECONDS = 30.0
"""A process that lived so long has its deaths forgotten."""
LOG_BYTES_MAX = 20 * 1024 * 1024


@dataclass(frozen=True)
class Service:
    """What to run, with what in its environment. `stage` 0 is stopped first, 1 when all of stage 0 have ended.

    `niceness` lets others go first where processors are few.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    stage: int = 0
    niceness: int = 0


def _yielding(niceness: int) -> list[str]:
    """What goes before a command that is to wait for others; nothing where there is no `nice`."""
    program = shutil.which("nice") if niceness else None
    return [program, "-n", str(niceness)] if program else []


class Child:
    """A running service and what it says."""

    def __init__(self, service: Service, *, directory: Path, logs: Path, hear: Callable[[str, str], None]) -> None:
        self.service = service
        self.directory = directory
        self.log = logs / f"{service.name}.log"
        self.hear = hear
        self.deaths = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.start_at = 0.0
        self.last_line = ""
        self._ear: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """Of the main process while it runs."""
        return self.process.pid if self.process and self.process.poll() is None else None

    def start(self) -> None:
        """Start the main process. It gets SIGTERM when we die, however we do."""
        guard = ["setpriv", "--pdeathsig", "TERM"] if _can_die_with_parent() else []
        self.process = subprocess.Popen(
            [*guard, *_yielding(self.service.niceness), *self.service.command],
            cwd=self.directory,
            env=dict(self.service.environment),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.started_at = time.monotonic()
        self._ear = threading.Thread(target=self._listen, args=(self.process.stdout,), daemon=True)
        self._ear.start()

    def look(self) -> str | None:
        """Start the process again where it died and its pause is over; what there is to tell about it."""
        if self.process is None:
            if time.monotonic() >= self.start_at:
                self.start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        self._sweep()
        if time.monotonic() - self.started_at > STEADY_SECONDS:
            self.deaths = 0
        pause = BACK_OFF_SECONDS[min(self.deaths, len(BACK_OFF_SECONDS) - 1)]
        self.deaths += 1
        self.process = None
        self.start_at = time.monotonic() + pause
        return f"ended with {describe(code)}; starting it again in {pause:g} s; its last words: {self.last_line}"

    def ask_to_end(self) -> None:
        """SIGTERM to the main process alone: it knows how to end its own."""
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def wait(self, deadline: float) -> bool:
        """Wait for the end; kill the whole session at `deadline` (monotonic). Whether it ended by itself."""
        if self.process is None:
            return True
        polite = True
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            polite = False
        self._sweep()
        self.process.wait()
        if self._ear:
            self._ear.join(1.0)
        self.process = None
        return polite

    def _sweep(self) -> None:
        """Kill what a dead main process left behind in its session; without that, its children would hold ports."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def _listen(self, stream: IO[bytes]) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_MAX:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab", buffering=0) as log:
            for line in stream:
                log.write(line)
                text = line.decode(errors="replace").rstrip()
                self.last_line = text or self.last_line
                self.hear(self.service.name, text)
        stream.close()


def describe(code: int) -> str:
    """An exit code in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


_guarded: bool | None = None


def _can_die_with_parent() -> bool:
    global _guarded  # noqa: PLW0603  # asked once: the answer does not change while we run
    if _guarded is None:
        command = ["setpriv", "--pdeathsig", "TERM", "true"]
        _guarded = (
            shutil.which("setpriv") is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0
        )
    return _guarded
