"""What we promise a provider and expect of it. A second provider of a channel only needs these lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, repr=False)
class Outgoing:
    """A rendered message. `public_id` is our row's: a provider that sees it twice has the same message twice.

    `code` and `minutes` are for providers that write an SMS themselves, from a template that they approved.
    """

    public_id: int
    channel: str
    destination: str
    language: str
    version: str
    subject: str
    text: str
    html: str = ""
    code: str = ""
    minutes: int = 0


@dataclass(frozen=True)
class Receipt:
    """The provider took the message; `reference` is its name for it."""

    reference: str


class ProviderRefused(Exception):
    """The provider will never take this message: it is not asked again. The words are ours."""


class ProviderUnavailable(Exception):
    """The provider did not take the message now: it is asked again later. The words are ours."""


class ProviderSilent(ProviderUnavailable):
    """The provider had the message, or a part of it, and gave no answer: nobody knows what became of it."""


class Provider(Protocol):
    """One carrier of one channel."""

    name: str
    longest_seconds: float
    """How long `send` may take at the worst; a worker's lease is longer than those of all providers together."""

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand the message over. Raises ProviderRefused, ProviderUnavailable, ProviderSilent."""
        ...


WORTH_ANOTHER_TRY = frozenset({401, 402, 403, 407, 408, 425, 429})
"""4xx answers that speak of us or of the moment, not of the message."""


def verdict(status: int, who: str) -> ProviderRefused | ProviderUnavailable:
    """What an HTTP status that isn't 2xx says of the message. The answer's words may hold the address and are not kept."""
    if 400 <= status < 500 and status not in WORTH_ANOTHER_TRY:
        return ProviderRefused(f"{who} answered {status}")
    return ProviderUnavailable(f"{who} answered {status}")
