"""Keeps PostgreSQL running as long as somebody uses it.

Every user holds a shared lock on one file. The keeper waits for the exclusive lock: it gets it when the last user has
gone, in whatever way, and then shuts PostgreSQL down. PostgreSQL in turn is told by the kernel when the keeper dies.
"""

from __future__ import annotations

import fcntl
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

STOP_SECONDS_MAX = 60
RESTARTS_MAX = 5
RESTART_SECONDS = 1.0


class Keeper:
    """One PostgreSQL server and the lock that its users share."""

    def __init__(self, users: Path, command: list[str]) -> None:
        self.users = users
        self.command = command
        self.ending = threading.Event()
        self.server: subprocess.Popen[bytes] | None = None

    def keep(self) -> int:
        """Run the server until nobody uses it. Exit code 0 where it ended because it was told to."""
        with self.users.open("a") as lock:
            threading.Thread(target=self._wait_for_last_user, args=(lock.fileno(),), daemon=True).start()
            restarts = 0
            while not self.ending.is_set() and restarts <= RESTARTS_MAX:
                self.server = subprocess.Popen(self.command, stdin=subprocess.DEVNULL)
                if self.ending.is_set():
                    self.end()
                code = self.server.wait()
                if not self.ending.is_set():
                    restarts += 1
                    print(f"keeper: PostgreSQL ended by itself with {code}", flush=True)
                    time.sleep(RESTART_SECONDS)
            return 0 if self.ending.is_set() else 1

    def end(self, *_: object) -> None:
        """Fast shutdown: sessions are cut, everything committed is on disk."""
        self.ending.set()
        if self.server and self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)
            threading.Thread(target=self._lose_patience, args=(self.server,), daemon=True).start()

    def _wait_for_last_user(self, descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        self.end()

    @staticmethod
    def _lose_patience(server: subprocess.Popen[bytes]) -> None:
        try:
            server.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)


def main(arguments: list[str]) -> int:
    """`keeper LOCK COMMAND…`."""
    keeper = Keeper(Path(arguments[0]), arguments[1:])
    signal.signal(signal.SIGTERM, keeper.end)
    signal.signal(signal.SIGINT, keeper.end)
    return keeper.keep()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
