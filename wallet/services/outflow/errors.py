"""What can be refused about caps and stops of what leaves."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class AlreadyStopped(DomainError):
    """One stop stands for a coin, and one for everything."""

    slug = "wallet.already_stopped"
    kind = Kind.CONFLICT
    message = "{scope} is stopped already."
    scope: str


class StopLifted(DomainError):
    """The stop is over."""

    slug = "wallet.stop_lifted"
    kind = Kind.CONFLICT
    message = "This stop was lifted already."


class LiftAlreadyAsked(DomainError):
    """One officer asks; what is due is another one who agrees."""

    slug = "wallet.lift_already_asked"
    kind = Kind.CONFLICT
    message = "An officer has asked already to lift this stop; another one has to agree."


class LiftNotAsked(DomainError):
    """Two officers lift a stop: one asks, another agrees."""

    slug = "wallet.lift_not_asked"
    kind = Kind.CONFLICT
    message = "Nobody has asked to lift this stop yet."


class CapInvalid(DomainError):
    """The cap is none."""

    slug = "wallet.cap_invalid"
    kind = Kind.INVALID
    message = "A cap has an amount from 0 in its coin's decimals, and a window of 1 to {hours_max} hours."
    hours_max: int
