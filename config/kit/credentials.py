"""What a request showed about its sender, as the authenticators of the apps hand it to the views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

LEVELS = ("pre2fa", "low", "full")
"""Session levels, weakest first. `fresh` is a full session whose proof is minutes old."""


@dataclass(frozen=True)
class Credential:
    """One good credential: a session or a signed API key."""

    kind: Literal["session", "key"]
    id: int
    level: str = "full"
    fresh: bool = False
    scopes: frozenset[str] = field(default_factory=frozenset)
    fingerprint: str = ""
    nonce: str = ""
    refused: Callable[[str], None] | None = field(default=None, repr=False, compare=False)
    """Keeps the slug of a refusal that this credential met, for whoever asks why."""
    freshened_by: Callable[[], list[str]] = field(default=list, compare=False)
    """The second factors that would make the session fresh again; asked for only where it is told."""

    def reaches(self, level: str) -> bool:
        """Whether the session has at least this level."""
        return LEVELS.index(self.level) >= LEVELS.index(level)
