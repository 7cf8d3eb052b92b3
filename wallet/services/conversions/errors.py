"""What can be refused about conversions."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class SameCoin(DomainError):
    """A coin is not exchanged for itself."""

    slug = "wallet.same_coin"
    kind = Kind.INVALID
    message = "Two different coins are due."
    field = "target_coin"


class OneAmountDue(DomainError):
    """Either what is given is fixed or what is received, not both and not neither."""

    slug = "wallet.one_amount_due"
    kind = Kind.INVALID
    message = "One of source_amount and target_amount is due."
    field = "source_amount"


class ConversionsClosed(DomainError):
    """The two coins are not exchanged now, or not by this account."""

    slug = "wallet.conversions_closed"
    kind = Kind.CONFLICT
    message = "{source} is not exchanged for {target} now."
    source: str
    target: str


class ConversionTooSmall(DomainError):
    """Less is given than one conversion takes, or so little that nothing would be received."""

    slug = "wallet.conversion_too_small"
    kind = Kind.UNPROCESSABLE
    message = "One conversion takes {minimum} {coin} at least."
    field = "source_amount"
    coin: str
    minimum: str


class ConversionTooLarge(DomainError):
    """More is given than one conversion takes."""

    slug = "wallet.conversion_too_large"
    kind = Kind.UNPROCESSABLE
    message = "One conversion takes {maximum} {coin} at most."
    field = "source_amount"
    coin: str
    maximum: str


class ConversionLimitUnset(DomainError):
    """No limit is set for this level and coin, so nothing is exchanged."""

    slug = "wallet.conversion_limit_unset"
    kind = Kind.FORBIDDEN
    message = "Conversions of {coin} are not open at level {level}."
    coin: str
    level: int


class NotDust(DomainError):
    """There is nothing of the coin, or so much that it is exchanged as everything is."""

    slug = "wallet.not_dust"
    kind = Kind.UNPROCESSABLE
    message = "Small balances are above zero and below {minimum} {coin}."
    field = "coins"
    coin: str
    minimum: str


class NoDust(DomainError):
    """No balance is small, or none of them can be exchanged now."""

    slug = "wallet.no_dust"
    kind = Kind.UNPROCESSABLE
    message = "You have no small balances that could be exchanged for {coin} now."
    coin: str


class QuoteExpired(DomainError):
    """The time for taking the quote is over: ask for another."""

    slug = "wallet.quote_expired"
    kind = Kind.CONFLICT
    message = "This quote is over. Ask for another."
    field = "quote"


class QuoteUsed(DomainError):
    """The quote was taken; `conversion` is the id of what it became."""

    slug = "wallet.quote_used"
    kind = Kind.CONFLICT
    message = "This quote was used already."
    field = "quote"
    conversion: str
