"""What the apps above add to one customer's file for a regulator.

This app can't import the app of the money, so that one says when it loads what it adds; it is asked while a file is
written, and nothing is copied before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User

Section = tuple[str, Iterable[bytes]]
"""The name of an entry of the archive, and its parts: to be read before the next entry is asked for."""
Source = Callable[["User"], Iterable[Section]]
_SOURCES: dict[str, Source] = {}


def add(name: str, source: Source) -> None:
    """Let an app above add entries to the file, in a folder of its own name. Asked again under its name, it is replaced."""
    _SOURCES[name] = source


def of(customer: User) -> Iterator[Section]:
    """Every entry that is added for the customer."""
    for name, source in _SOURCES.items():
        for called, parts in source(customer):
            yield f"{name}/{called}", parts
