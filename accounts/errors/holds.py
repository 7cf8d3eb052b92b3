"""Refusals about security holds that officers set, lengthen or shorten."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class HoldLengthInvalid(DomainError):
    """Nobody holds money for no time, or for a year."""

    slug = "accounts.hold_length_invalid"
    kind = Kind.INVALID
    field = "hours"
    message = "A hold is set or lengthened by 1 to {hours_max} hours."
    hours_max: int


class HoldOver(DomainError):
    """The hold has ended by itself."""

    slug = "accounts.hold_over"
    kind = Kind.CONFLICT
    message = "This hold is over."


class HoldEndInvalid(DomainError):
    """A shorter hold ends earlier, and not in the past."""

    slug = "accounts.hold_end_invalid"
    kind = Kind.INVALID
    field = "until"
    message = "The new end lies between now and {until}."
    until: str


class HoldChanged(DomainError):
    """What was proposed is about a hold that is another one now."""

    slug = "accounts.hold_changed"
    kind = Kind.CONFLICT
    message = "The hold was changed since this was proposed: it ends on {until} now. Propose anew."
    until: str


class ShorteningAsked(DomainError):
    """A proposal about this hold waits already."""

    slug = "accounts.shortening_asked"
    kind = Kind.CONFLICT
    message = "A proposal to shorten this hold waits already: {number}."
    number: str


class ShorteningExpired(DomainError):
    """Nobody decided in time."""

    slug = "accounts.shortening_expired"
    kind = Kind.CONFLICT
    message = "This proposal expired on {until}. Propose anew."
    until: str


class ShorteningNotSeen(DomainError):
    """The page showed something else than what stands there."""

    slug = "accounts.shortening_not_seen"
    kind = Kind.CONFLICT
    message = "This is not what the page showed when you decided. Look at it again."
