"""Killing processes of the running development product, for `--soak`: nothing may be lost or done twice."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from pathlib import Path

from config.embedded.files import read_json

VICTIMS = ("web", "worker", "signer")
PAUSE_SECONDS = (5.0, 9.0)
KILLS_EACH_MAX = 4
"""After these the story may end in peace: the process manager waits longer before each new start of who dies often."""


class Interruptions:
    """A thread that kills one victim after the other with SIGKILL until it is told to stop."""

    def __init__(self, processes: Path) -> None:
        self.processes = processes
        self.kills: Counter[str] = Counter()
        self.enough = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin after a pause."""
        self.thread.start()

    def stop(self) -> dict[str, int]:
        """No more; how often each was killed."""
        self.enough.set()
        self.thread.join()
        return {name: self.kills[name] for name in VICTIMS}

    def _run(self) -> None:
        turn = 0
        while turn < len(VICTIMS) * KILLS_EACH_MAX and not self.enough.wait(random.uniform(*PAUSE_SECONDS)):  # noqa: S311  # jitter
            name = VICTIMS[turn % len(VICTIMS)]
            self._kill(name, whole_group=turn // len(VICTIMS) % 2 == 0)
            turn += 1

    def _kill(self, name: str, *, whole_group: bool) -> None:
        """SIGKILL to the process, in turn with or without its children: each has a session of its own."""
        pid = read_json(self.processes).get(name)
        if not isinstance(pid, int) or pid <= 1:
            return
        try:
            if whole_group and os.getpgid(pid) == pid:
                os.killpg(pid, signal.SIGKILL)
            else:
                os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.kills[name] += 1
