"""What can be refused about fiat deposits."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class FiatDepositsClosed(DomainError):
    """Banks bring nothing in this coin now."""

    slug = "wallet.fiat_deposits_closed"
    kind = Kind.CONFLICT
    message = "Deposits of {coin} from bank accounts are closed."
    coin: str


class FiatDepositProposedAlready(DomainError):
    """Another proposal about the same line of the bank waits."""

    slug = "wallet.fiat_deposit_proposed_already"
    kind = Kind.CONFLICT
    message = "A deposit by the bank's reference {reference} of {nostro} is proposed already."
    field = "reference"
    reference: str
    nostro: str


class NotCredited(DomainError):
    """Only what was credited, and is not undone, is undone."""

    slug = "wallet.fiat_deposit_not_credited"
    kind = Kind.CONFLICT
    message = "This deposit is not credited, or it is undone already."


class ReversalProposedAlready(DomainError):
    """Another officer has proposed to undo it."""

    slug = "wallet.fiat_reversal_proposed_already"
    kind = Kind.CONFLICT
    message = "Undoing this deposit is proposed already."
