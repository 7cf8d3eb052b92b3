"""A part of a file as players ask for it: `Range: bytes=…` of RFC 9110, section 14."""

from __future__ import annotations

import re
from dataclasses import dataclass

DIGITS_MAX = 15
"""Digits that a position may have; one with more names no file of ours."""
_ONE_RANGE = re.compile(rf"bytes=(\d{{0,{DIGITS_MAX}}})-(\d{{0,{DIGITS_MAX}}})", re.ASCII | re.IGNORECASE)


class Outside(Exception):
    """Nothing of the file, which has `size_bytes`, lies in the part that was asked for."""

    def __init__(self, size_bytes: int) -> None:
        super().__init__(f"outside {size_bytes} bytes")
        self.size_bytes = size_bytes


@dataclass(frozen=True)
class Part:
    """From byte `first` to byte `last`, or to the end; without `first`, the last `last` bytes; with neither, all of it."""

    first: int | None = None
    last: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all of the file is asked for."""
        return self.first is None and self.last is None

    def within(self, size_bytes: int) -> tuple[int, int]:
        """Where it starts in a file of this size, and how many bytes it has. Raises Outside."""
        start, stop = self.first or 0, size_bytes
        if self.first is None and self.last is not None:
            start = max(0, size_bytes - self.last)
        elif self.last is not None:
            stop = min(size_bytes, self.last + 1)
        if start >= stop:
            raise Outside(size_bytes)
        return start, stop - start


WHOLE = Part()


def read(header: str) -> Part:
    """The part that a `Range` header asks for; all of it for none, for several at once, and for what is no range.

    Source: RFC 9110: a server may ignore the header, and must ignore one that is not valid.
    """
    found = _ONE_RANGE.fullmatch(header.strip())
    if found is None:
        return WHOLE
    first, last = (int(text) if text else None for text in found.groups())
    if first is not None and last is not None and last < first:
        return WHOLE
    return Part(first, last)
