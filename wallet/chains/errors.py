"""Refusals of the chain side of the wallet."""

from __future__ import annotations

from typing import ClassVar

from config.kit.errors import DomainError, Kind


class ChainUnavailable(DomainError):
    """The node is silent, late, or answers what makes no sense. Nothing was changed by asking."""

    slug = "wallet.chain_unavailable"
    kind = Kind.UNAVAILABLE
    message = "The {network} network can't be asked now. Try again in {retry_after} s."
    network: str
    reason: str = "no_answer"
    retry_after: int = 10


class NetworkNotConnected(DomainError):
    """We know the network but run no gateway to it."""

    slug = "wallet.network_not_connected"
    kind = Kind.UNPROCESSABLE
    message = "Deposits and withdrawals over {network} are not open."
    field: ClassVar[str | None] = "network"
    network: str


class InvalidAddress(DomainError):
    """The text is no address that the network could pay, for the reason given.

    Reasons: empty, malformed, checksum, zero, contract, wrong_network, unsupported (of a kind that the network can't be
    sure to pay to today), confidential.
    """

    slug = "wallet.invalid_address"
    kind = Kind.INVALID
    message = "This is not a usable {network} address ({reason})."
    field: ClassVar[str | None] = "address"
    network: str
    reason: str


class InvalidMemo(DomainError):
    """The network takes no memo, or not this one."""

    slug = "wallet.invalid_memo"
    kind = Kind.INVALID
    message = "The memo does not fit {network} ({reason})."
    field: ClassVar[str | None] = "memo"
    network: str
    reason: str


class AmountNotPayable(DomainError):
    """The amount is not positive or finer than the chain can carry."""

    slug = "wallet.amount_not_payable"
    kind = Kind.INVALID
    message = "The amount must be positive with at most {scale} decimals on {network}."
    field: ClassVar[str | None] = "amount"
    network: str
    scale: int


class PaymentWouldFail(DomainError):
    """A trial run of the payment fails: no funds in the hot wallet, or the receiver turns it away."""

    slug = "wallet.payment_would_fail"
    kind = Kind.UNPROCESSABLE
    message = "The {network} network would turn this payment away."
    network: str
    reason: str = "reverted"


class FeeNotRaisable(DomainError):
    """A payment's fee can't be raised.

    Reasons: not_replaceable (the network replaces nothing), waits_for_earlier (a payment before it is in the way),
    nothing_left (what pays the fee is used up).
    """

    slug = "wallet.fee_not_raisable"
    kind = Kind.CONFLICT
    message = "The network fee of this payment can't be raised ({reason})."
    network: str
    reason: str


class PayloadUnreadable(DomainError):
    """Stored bytes are not an unsigned payment of ours. Never signed."""

    slug = "wallet.payload_unreadable"
    kind = Kind.UNPROCESSABLE
    message = "The stored payment can't be read."


class DerivationKeyUnfit(DomainError):
    """The extended key is private, of the wrong depth, or no key at all."""

    slug = "wallet.derivation_key_unfit"
    kind = Kind.UNAVAILABLE
    message = "Deposit addresses can't be derived from the configured key."
    reason: str
