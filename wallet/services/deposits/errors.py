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
