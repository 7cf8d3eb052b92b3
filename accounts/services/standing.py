"""What the apps above know of a customer, for answers that show it beside the account.

Some documents put identity levels and opened products into the answer to a log-in. This app can't import the apps that
know them, so each of those says when it loads whom to ask; they are asked at the time of use, and nothing is copied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from accounts.models import User


class Identity(StrEnum):
    """Where the identity check stands."""

    NONE = "none"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True)
class Standing:
    """What is known elsewhere; the defaults are those of an installation without these apps."""

    identity_level: int = 0
    identity: Identity = Identity.NONE
    has_futures: bool = False
    masked_name: Callable[[], str] = str
    """The name that documents proved, masked; "" for none. It is sealed, and read where it is told alone."""


Source = Callable[[User], dict[str, Any]]
_SOURCES: dict[str, Source] = {}


def tell(name: str, source: Source) -> None:
    """Let an app above say what it knows: `source` gives fields of Standing. Asked again under its name, it is replaced."""
    _SOURCES[name] = source


def of(user: User) -> Standing:
    """What is known of the user now."""
    known = Standing()
    for source in _SOURCES.values():
        known = replace(known, **source(user))
    return known
