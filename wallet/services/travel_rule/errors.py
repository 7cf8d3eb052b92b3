"""What can be refused about Travel Rule records."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class TravelRuleMissing(DomainError):
    """Nobody has said yet who the beneficiary is."""

    slug = "wallet.travel_rule_missing"
    kind = Kind.CONFLICT
    message = "From {required_from} {coin} on it has to be known who the beneficiary is; nobody has told it yet."
    coin: str
    required_from: str


class TravelRuleTold(DomainError):
    """A customer tells it once; an officer may correct it."""

    slug = "wallet.travel_rule_told"
    kind = Kind.CONFLICT
    message = "Who the beneficiary is was told already; support can correct it."


class TravelRuleTooLate(DomainError):
    """Nothing is added once it is being signed, or has ended."""

    slug = "wallet.travel_rule_too_late"
    kind = Kind.CONFLICT
    message = "The withdrawal is on its way or has ended: its beneficiary can't be told any more."


class BeneficiaryInvalid(DomainError):
    """What was told of the beneficiary doesn't fit together."""

    slug = "wallet.beneficiary_invalid"
    kind = Kind.INVALID
    message = "{reason}"
    field = "beneficiary"
    reason: str


class OriginatorUnknown(DomainError):
    """The customer's name is not verified."""

    slug = "wallet.originator_unknown"
    kind = Kind.UNPROCESSABLE
    message = "The customer's own name is not known: it is verified first."
