"""Refusals of deposits."""

from __future__ import annotations

from typing import ClassVar

from config.kit.errors import DomainError, Kind


class DepositsClosed(DomainError):
    """Deposits of this coin over this network are not open."""

    slug = "wallet.deposits_closed"
    kind = Kind.UNPROCESSABLE
    message = "Deposits of {coin} over {network} are not open."
    field: ClassVar[str | None] = "network"
    coin: str
    network: str


class NotYetFinal(DomainError):
    """The chain no longer says what the deposit says, or not deep enough."""

    slug = "wallet.deposit_not_final"
    kind = Kind.CONFLICT
    message = "The deposit is not confirmed deep enough on its chain."


class OwnDeposit(DomainError):
    """Nobody decides about their own money."""

    slug = "wallet.own_deposit"
    kind = Kind.FORBIDDEN
    message = "This deposit is your own; another officer must decide."


class NotADepositOfficer(DomainError):
    """The decider lacks the role."""

    slug = "wallet.not_a_deposit_officer"
    kind = Kind.FORBIDDEN
    message = "Only a treasury officer decides about deposits and networks."


class NotContradicted(DomainError):
    """There is no incident to decide about."""

    slug = "wallet.deposit_not_contradicted"
    kind = Kind.CONFLICT
    message = "The chain does not contradict this deposit."


class NotHalted(DomainError):
    """The network is being read as it is."""

    slug = "wallet.network_not_halted"
    kind = Kind.CONFLICT
    message = "The network {network} is not halted."
    network: str


class HeightUnfit(DomainError):
    """Reading can't begin there."""

    slug = "wallet.height_unfit"
    kind = Kind.INVALID
    message = "Reading can go on from block 1 to {highest}, so that none stays unread."
    field: ClassVar[str | None] = "from_height"
    highest: int


class UnknownOutcome(DomainError):
    """Nothing of that name becomes of a deposit."""

    slug = "wallet.unknown_deposit_outcome"
    kind = Kind.INVALID
    message = "A deposit has no such outcome."
    field: ClassVar[str | None] = "outcome"


class AnotherCustomerDue(DomainError):
    """The customer named is the one whose address was paid."""

    slug = "wallet.another_customer_due"
    kind = Kind.INVALID
    message = "This is the customer of the address; another one is due."
    field: ClassVar[str | None] = "customer"


class ResolutionProposedAlready(DomainError):
    """Another officer has proposed what becomes of it."""

    slug = "wallet.deposit_resolution_proposed_already"
    kind = Kind.CONFLICT
    message = "What becomes of this deposit is proposed already."
