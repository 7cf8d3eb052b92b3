"""Refusals of unmasking, legal holds and erasure."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class FieldUnknown(DomainError):
    """Nothing of this name is masked."""

    slug = "accounts.field_unknown"
    kind = Kind.INVALID
    field = "fields"
    message = "Choose what to show: {known}."
    known: str


class UnderLegalHold(DomainError):
    """Nothing of this customer may be erased."""

    slug = "accounts.under_legal_hold"
    kind = Kind.CONFLICT
    message = "The customer is under a legal hold: nothing may be erased."


class HoldNotInForce(DomainError):
    """The hold was lifted already."""

    slug = "accounts.hold_not_in_force"
    kind = Kind.CONFLICT
    message = "This hold is not in force any more."


class LiftNotAsked(DomainError):
    """Nobody asked to lift the hold, so there is nothing to agree to."""

    slug = "accounts.lift_not_asked"
    kind = Kind.CONFLICT
    message = "Nobody has asked to lift this hold."


class LiftAsked(DomainError):
    """Somebody asked already."""

    slug = "accounts.lift_asked"
    kind = Kind.CONFLICT
    message = "Somebody has asked already to lift this hold."


class SameOfficer(DomainError):
    """Who asked does not agree."""

    slug = "accounts.same_officer"
    kind = Kind.FORBIDDEN
    message = "Another officer than the one who asked has to agree."


class AccountStillOpen(DomainError):
    """The data of an open account are needed."""

    slug = "accounts.account_still_open"
    kind = Kind.CONFLICT
    message = "The account is open: {because}."
    because: str


class AlreadyErased(DomainError):
    """The customer's data are gone."""

    slug = "accounts.already_erased"
    kind = Kind.CONFLICT
    message = "The personal data of this customer are erased."
