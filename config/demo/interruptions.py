"""Killing processes of the running development product, for `--soak`: nothing may be lost or done twice."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path

from config.embedded.files import read_json

VICTIMS = ("web", "worker", "signer")
MOMENTS = {
    "register with a mailed code": ("worker",),
    "upload documents": ("web",),
    "deposit on the chain": ("worker",),
    "ask for a withdrawal, signed": ("web", "signer"),
    "two officers approve": ("worker", "signer"),
    "broadcast, confirmed, settled": ("signer", "worker", "web"),
}
"""Step → who is killed just after it begins: in the middle of what the victim does for it."""
EVERY = 5
"""A step's moment comes with the first customer who reaches it, and with each fifth after."""
DELAY_SECONDS_MAX = 1.5


class Interruptions:
    """Kills with SIGKILL at the moments of the story."""

    def __init__(self, processes: Path) -> None:
        self.processes = processes
        self.kills: Counter[str] = Counter()
        self.arrivals: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.threads: list[threading.Thread] = []

    def reached(self, step: str) -> None:
        """A customer begins this step."""
        with self.lock:
            self.arrivals[step] += 1
            if step not in MOMENTS or self.arrivals[step] % EVERY != 1:
                return
            thread = threading.Thread(target=self._strike, args=(MOMENTS[step],), daemon=True)
            self.threads.append(thread)
            thread.start()

    def stop(self) -> dict[str, int]:
        """No more; how often each was killed."""
        for thread in self.threads:
            thread.join()
        return {name: self.kills[name] for name in VICTIMS}

    def _strike(self, names: tuple[str, ...]) -> None:
        for name in names:
            time.sleep(random.uniform(0.0, DELAY_SECONDS_MAX))  # noqa: S311  # jitter
            self._kill(name)

    def _kill(self, name: str) -> None:
        """SIGKILL to the process, in turn with and without its children: each has a session of its own."""
        pid = read_json(self.processes).get(name)
        if not isinstance(pid, int) or pid <= 1:
            return
        try:
            if self.kills[name] % 2 == 0 and os.getpgid(pid) == pid:
                os.killpg(pid, signal.SIGKILL)
            else:
                os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.kills[name] += 1
