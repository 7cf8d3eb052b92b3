"""Refusals of freezing, of the links in mails, and of recovery cases."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class AlreadyFrozen(DomainError):
    """The account is frozen already; there is nothing to add."""

    slug = "accounts.already_frozen"
    kind = Kind.CONFLICT
    message = "The account is frozen already."


class NotFrozen(DomainError):
    """There is no freeze to end."""

    slug = "accounts.not_frozen"
    kind = Kind.CONFLICT
    message = "The account is not frozen."


class FrozenByOwner(DomainError):
    """The owner froze the account: two officers open it again, by a recovery case, and nobody alone."""

    slug = "accounts.frozen_by_owner"
    kind = Kind.CONFLICT
    message = "The owner froze this account. It opens again by a recovery case, which two officers decide."


class LinkInvalid(DomainError):
    """No link of a mail has this code."""

    slug = "accounts.link_invalid"
    kind = Kind.ABSENT
    message = "This link is not one of ours, or not complete."


class LinkSpent(DomainError):
    """The link was used already."""

    slug = "accounts.link_spent"
    kind = Kind.CONFLICT
    message = "This link was used already."


class LinkExpired(DomainError):
    """The link is too old."""

    slug = "accounts.link_expired"
    kind = Kind.CONFLICT
    message = "This link has expired."


class NothingToRecover(DomainError):
    """The account has no second factor that could be lost."""

    slug = "accounts.nothing_to_recover"
    kind = Kind.CONFLICT
    message = "No second factor is bound to this account: sign in with the password."


class RecoveryTokenInvalid(DomainError):
    """No recovery case has this token, or no token was shown."""

    slug = "accounts.recovery_token_invalid"
    kind = Kind.UNAUTHENTICATED
    message = "Show the token of a recovery case in X-Recovery-Token."


class SelfieNotFresh(DomainError):
    """The same picture was handed in before."""

    slug = "accounts.selfie_not_fresh"
    kind = Kind.UNPROCESSABLE
    field = "file"
    message = "This picture was used before. Take a new one that shows today's number."


class SelfieChanged(DomainError):
    """The picture is not the one that the officer looked at."""

    slug = "accounts.selfie_changed"
    kind = Kind.CONFLICT
    message = "The picture is not the one you looked at. Look at the case again before you decide."


class RecoveryNotAnOfficer(DomainError):
    """Recovery cases are decided by compliance officers."""

    slug = "accounts.recovery_not_an_officer"
    kind = Kind.FORBIDDEN
    message = "Only a compliance officer decides recovery cases."


class RecoveryOwnCase(DomainError):
    """Nobody decides about oneself."""

    slug = "accounts.recovery_own_case"
    kind = Kind.FORBIDDEN
    message = "You can't decide your own case."


class RecoveryAlreadyDecided(DomainError):
    """The second approval must be another officer's."""

    slug = "accounts.recovery_already_decided"
    kind = Kind.CONFLICT
    message = "You have approved this picture already; another officer is due."


class RecoveryReasonInvalid(DomainError):
    """A decision says what the officer saw, and a no also what the customer is told."""

    slug = "accounts.recovery_reason_invalid"
    kind = Kind.INVALID
    field = "reason"
    message = "Say in {characters_min} to {characters_max} characters what you saw; to refuse, also choose a reason."
    characters_min: int
    characters_max: int
