"""What can be refused about rates."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class RateUnknown(DomainError):
    """No price leads from one coin to the other."""

    slug = "wallet.rate_unknown"
    kind = Kind.UNPROCESSABLE
    message = "There is no rate between {source} and {target}."
    source: str
    target: str


class RateStale(DomainError):
    """The newest price is too old to exchange money at it."""

    slug = "wallet.rate_stale"
    kind = Kind.UNAVAILABLE
    message = "The rate between {source} and {target} is too old; try again later."
    source: str
    target: str
    taken_at: str
    retry_after: int = 30


class RatesUnavailable(DomainError):
    """The source of prices gave nothing that can be read."""

    slug = "wallet.rates_unavailable"
    kind = Kind.UNAVAILABLE
    message = "The source of rates gave none: {reason}."
    reason: str
