"""The development chain's memory: one JSON line per block, in the order they were made.

A line is written after its block was made and before anyone is told, so a killed chain comes back with every block
that it ever spoke of. A torn last line (killed while writing) is cut off.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path
from typing import Self

JOURNAL_NAME = "blocks.jsonl"


class JournalInUse(Exception):
    """Another chain process writes this journal."""


@dataclass(frozen=True, slots=True)
class MinedBlock:
    """A block was made on top of the newest one."""

    timestamp: int
    raw_transactions: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Rewind:
    """Every block above this height was given up (a reorganisation)."""

    height: int


Line = MinedBlock | Rewind


class Journal:
    """An append-only file, locked by its one writer."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = directory / JOURNAL_NAME
        self._file: BufferedWriter = self.path.open("ab")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.close()
            raise JournalInUse(f"another development chain already runs on {self.path}") from error
        self._cut_torn_line()

    def _cut_torn_line(self) -> None:
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole != len(content):
            self._file.truncate(whole)

    def lines(self) -> Iterator[Line]:
        """What was written, oldest first."""
        with self.path.open("rb") as file:
            for text in file:
                line = json.loads(text)
                if "rewind" in line:
                    yield Rewind(height=line["rewind"])
                else:
                    yield MinedBlock(line["at"], tuple(bytes.fromhex(raw) for raw in line["raw"]))

    def append(self, line: Line) -> None:
        """Write one line so that a kill of this process can't lose it; with transactions, on the disk."""
        if isinstance(line, Rewind):
            body: dict[str, object] = {"rewind": line.height}
        else:
            body = {"at": line.timestamp, "raw": [raw.hex() for raw in line.raw_transactions]}
        self._file.write(json.dumps(body, separators=(",", ":")).encode() + b"\n")
        self._file.flush()
        if isinstance(line, Rewind) or line.raw_transactions:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Give the lock back."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
