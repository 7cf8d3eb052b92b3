"""What can be refused about coins, balances and postings."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class UnknownCoin(DomainError):
    """No coin has this code."""

    slug = "wallet.unknown_coin"
    kind = Kind.INVALID
    message = "We don't carry the coin {coin}."
    field = "coin"
    coin: str


class PeriodInvalid(DomainError):
    """The days are none, or too many."""

    slug = "wallet.period_invalid"
    kind = Kind.INVALID
    message = "A period has 1 to {days_max} days, the first of them not after today."
    field = "first"
    days_max: int


class StatementTooLong(DomainError):
    """More lines than anybody prints."""

    slug = "wallet.statement_too_long"
    kind = Kind.UNPROCESSABLE
    message = "The period has more than {lines_max} lines: take fewer days, one coin, or the CSV file."
    lines_max: int


class UnknownNetwork(DomainError):
    """The coin doesn't travel over this network, or there is no such network."""

    slug = "wallet.unknown_network"
    kind = Kind.INVALID
    message = "{coin} is not carried over the network {network}."
    field = "network"
    coin: str
    network: str


class InsufficientFunds(DomainError):
    """The balance is smaller than what would leave it."""

    slug = "wallet.insufficient_funds"
    kind = Kind.UNPROCESSABLE
    message = "{required} {coin} are due, {available} are available."
    field = "amount"
    coin: str
    available: str
    required: str


class CoinScaleExceeded(DomainError):
    """The amount is finer than the coin."""

    slug = "wallet.coin_scale_exceeded"
    kind = Kind.INVALID
    message = "{coin} has {scale} decimal places at the most."
    field = "amount"
    coin: str
    scale: int


class AmountOutOfRange(DomainError):
    """A balance would have more digits than the books hold."""

    slug = "wallet.amount_out_of_range"
    kind = Kind.UNPROCESSABLE
    message = "The amount is larger than the books can hold."
    field = "amount"


class IdempotencyConflict(DomainError):
    """The key was used before, for something else."""

    slug = "wallet.idempotency_conflict"
    kind = Kind.UNPROCESSABLE
    message = "This key was used before for another posting."


class PostingUnbalanced(DomainError):
    """The legs don't sum to zero in every coin, or are fewer than two, or one of them is zero."""

    slug = "wallet.posting_unbalanced"
    kind = Kind.UNPROCESSABLE
    message = "The posting does not balance: {reason}."
    reason: str


class AlreadyReversed(DomainError):
    """A posting is reversed once."""

    slug = "wallet.already_reversed"
    kind = Kind.CONFLICT
    message = "This posting was reversed already."


class UnknownPosting(DomainError):
    """There is no such posting."""

    slug = "wallet.unknown_posting"
    kind = Kind.ABSENT
    message = "There is no such posting."


class UnknownAccount(DomainError):
    """A leg names an account that isn't there, or that can't be opened."""

    slug = "wallet.unknown_account"
    kind = Kind.INVALID
    message = "There is no such account."


class SameAccount(DomainError):
    """Money moves from one account to another."""

    slug = "wallet.same_account"
    kind = Kind.INVALID
    message = "Source and target are the same account."
    field = "target"


class FuturesNotOpen(DomainError):
    """Money moves to and from the futures wallet once its owner has opened it."""

    slug = "wallet.futures_not_open"
    kind = Kind.CONFLICT
    message = "Open futures first."


class FuturesAgreementChanged(DomainError):
    """Another version of the agreement is in force than the one that the customer was shown."""

    slug = "wallet.futures_agreement_changed"
    kind = Kind.CONFLICT
    message = "Another version of the agreement is in force: {agreement}."
    field = "agreement"
    agreement: str


class CoinTermsInvalid(DomainError):
    """A coin, or how a network carries it, can't be so. For operators."""

    slug = "wallet.coin_terms_invalid"
    kind = Kind.INVALID
    message = "These terms can't be: {reason}."
    reason: str


class NothingToRetry(DomainError):
    """There is no next step that a worker could do at once. For operators."""

    slug = "wallet.nothing_to_retry"
    kind = Kind.CONFLICT
    message = "There is nothing to retry in the state {state}: {because}."
    state: str
    because: str
