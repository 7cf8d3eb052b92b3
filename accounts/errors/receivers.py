"""What can be refused when a customer names another one to send money to."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class ReceiverNotNamed(DomainError):
    """Nothing names a receiver."""

    slug = "accounts.receiver_not_named"
    kind = Kind.INVALID
    field = "receiver"
    message = "Name the receiver by uid, phone, email or user name."


class ReceiverUnknown(DomainError):
    """Nobody who could receive money has this uid, phone, email or user name."""

    slug = "accounts.receiver_unknown"
    kind = Kind.UNPROCESSABLE
    field = "receiver"
    message = "We know no such receiver."


class ReceiversDiffer(DomainError):
    """Each of the names is somebody's, but not the same customer's."""

    slug = "accounts.receivers_differ"
    kind = Kind.UNPROCESSABLE
    field = "receiver"
    message = "These names belong to different customers."


class ReceiverLocked(DomainError):
    """Too many receivers that nobody is."""

    slug = "accounts.receiver_locked"
    kind = Kind.LIMITED
    field = "receiver"
    message = "Too many unknown receivers. Try again in {retry_after} s."
    retry_after: int


class NotOneself(DomainError):
    """Money is sent from the account that asks, and from no other."""

    slug = "accounts.not_oneself"
    kind = Kind.INVALID
    field = "sender"
    message = "The sender is you and nobody else."
