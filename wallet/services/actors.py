"""Who moves a withdrawal or a transfer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from accounts.models import User

ActorKind = Literal["customer", "staff", "operator", "system"]


@dataclass(frozen=True)
class Actor:
    """Somebody, or the house itself."""

    kind: ActorKind
    user: User | None = None


SYSTEM = Actor(kind="system")


def customer(user: User) -> Actor:
    """The customer themselves, by session or key."""
    return Actor(kind="customer", user=user)


def officer(user: User) -> Actor:
    """A staff officer."""
    return Actor(kind="staff", user=user)
