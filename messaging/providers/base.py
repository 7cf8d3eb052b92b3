"""What we promise a provider and expect of it. A second provider of a channel only needs these lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, repr=False)
class Outgoing:
    """A rendered message. `public_id` is our row's: a provider that sees it twice has the same message twice."""

    public_id: int
    channel: str
    destination: str
    language: str
    version: str
    subject: str
    text: str
    html: str = ""


@dataclass(frozen=True)
class Receipt:
    """The provider took the message; `reference` is its name for it."""

    reference: str


class ProviderRefused(Exception):
    """The provider will never take this message: it is not tried again."""


class ProviderUnavailable(Exception):
    """The provider did not take the message now: it is tried again later."""


class Provider(Protocol):
    """One carrier of one channel."""

    name: str

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand the message over. Raises ProviderRefused, ProviderUnavailable."""
        ...
