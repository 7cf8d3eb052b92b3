"""Talking to the person at the terminal."""

from __future__ import annotations

import sys
import time


class Failure(Exception):
    """Something that the person has to know or to put right. The message is all that they are shown."""


class Steps:
    """One line for each step of a start, with the seconds that it took."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.last = self.began

    def done(self, text: str) -> None:
        """Tell that a step is behind us."""
        now = time.monotonic()
        say(f"  {text} ({now - self.last:.1f} s)")
        self.last = now

    @property
    def seconds(self) -> float:
        """Since the first step began."""
        return time.monotonic() - self.began


def say(text: str = "") -> None:
    """Print a line at once."""
    print(text, flush=True)


def complain(text: str) -> None:
    """Print a line to standard error at once."""
    print(text, file=sys.stderr, flush=True)


def tail(text: str, lines: int = 15) -> str:
    """The last lines of a log, indented."""
    return "\n".join("    " + line for line in text.strip().splitlines()[-lines:])
