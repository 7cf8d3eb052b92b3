"""The refusals of binding, changing and removing email, phone and user name."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class ContactTaken(DomainError):
    """Another account has this email or phone. Only who proved it, or everybody under strict codes, is told."""

    slug = "accounts.contact_taken"
    kind = Kind.CONFLICT
    message = "Another account has this {channel}."
    channel: str


class ContactUnchanged(DomainError):
    """The email or phone is the present one."""

    slug = "accounts.contact_unchanged"
    kind = Kind.CONFLICT
    message = "This {channel} is bound to your account already."
    channel: str


class ContactNotBound(DomainError):
    """There is no email or phone to change or remove."""

    slug = "accounts.contact_not_bound"
    kind = Kind.CONFLICT
    message = "No {channel} is bound to this account."
    channel: str


class OldContactDue(DomainError):
    """The present email or phone is proven as well before another one takes its place."""

    slug = "accounts.old_contact_due"
    kind = Kind.FORBIDDEN
    field = "old_code"
    message = "This needs a code that was sent to the present {channel}, too."
    channel: str


class LastContact(DomainError):
    """Without this email or phone nobody could reach the account any more."""

    slug = "accounts.last_contact"
    kind = Kind.CONFLICT
    message = "The {channel} is the last way to your account. Bind another one first."
    channel: str


class ContactInUse(DomainError):
    """The codes of log-ins go there."""

    slug = "accounts.contact_in_use"
    kind = Kind.CONFLICT
    message = "Your log-in codes go to this {channel}. Choose another way for them first."
    channel: str


class UsernameAlreadySet(DomainError):
    """A user name is set once."""

    slug = "accounts.username_already_set"
    kind = Kind.CONFLICT
    message = "The account has a user name already; it can't be changed."
