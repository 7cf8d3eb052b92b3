"""The refusals of whole applications: one step, parts of the typed data, expiry, lowered levels, numbers."""

from __future__ import annotations

from dataclasses import field as fact

from config.kit.errors import DomainError, Kind


class IdNumberUnfit(DomainError):
    """The country's own rule for these numbers is broken."""

    slug = "kyc.id_number_unfit"
    kind = Kind.INVALID
    message = "This is not the number of a {document} of {country}."
    field = "id_number"
    example = {"document": "National ID card", "country": "TW"}
    document: str
    country: str


class IdentityDiffers(DomainError):
    """Documents have proven another name or nationality."""

    slug = "kyc.identity_differs"
    kind = Kind.CONFLICT
    message = "Your name and nationality must be those that your documents have shown before. Ask support about a change."
    field = "last_name"


class DocumentExpired(DomainError):
    """The identity document is not good any more."""

    slug = "kyc.document_expired"
    kind = Kind.UNPROCESSABLE
    message = "The identity document has expired."
    field = "document_expires_on"


class ExpiryInvalid(DomainError):
    """No document is good for so long."""

    slug = "kyc.expiry_invalid"
    kind = Kind.INVALID
    message = "An identity document is good for {years_max} years at most."
    field = "document_expires_on"
    example = {"years_max": 50}
    years_max: int


class BirthdayMissing(DomainError):
    """Nobody has told the birthday, and the age must be known."""

    slug = "kyc.birthday_missing"
    kind = Kind.UNPROCESSABLE
    message = "Enter the birthday that stands on the document."
    field = "birthday"


class PartUnknown(DomainError):
    """There is no such part of the typed data in this case."""

    slug = "kyc.part_unknown"
    kind = Kind.INVALID
    message = "This case has no such part."
    field = "parts"


class PartSettled(DomainError):
    """Only what an officer sent back is asked again."""

    slug = "kyc.part_settled"
    kind = Kind.CONFLICT
    message = "These parts are not asked again: {parts}."
    example = {"parts": ["name"]}
    parts: list[str] = fact(default_factory=list)


class PartsMissing(DomainError):
    """Parts of the typed data were sent back and not given anew."""

    slug = "kyc.parts_missing"
    kind = Kind.UNPROCESSABLE
    message = "These parts must be given anew: {parts}."
    example = {"parts": ["address", "expiry"]}
    parts: list[str] = fact(default_factory=list)


class ProgrammeUnfit(DomainError):
    """The level has no such programme."""

    slug = "kyc.programme_unfit"
    kind = Kind.INVALID
    message = "Level {level} has no programme {programme}."
    field = "programme"
    level: int
    programme: str
    example = {"level": 3, "programme": "extended"}


class NothingToCorrect(DomainError):
    """No part of the typed data was sent back, or none was given."""

    slug = "kyc.nothing_to_correct"
    kind = Kind.CONFLICT
    message = "Nothing of your data is asked again now."


class LevelNotLower(DomainError):
    """The customer does not have a level above this one."""

    slug = "kyc.level_not_lower"
    kind = Kind.CONFLICT
    message = "The customer has level {level}: only a lower one can be set."
    field = "level"
    level: int


class NumberProven(DomainError):
    """Documents stand behind the holder's number, or an officer is about to look at them."""

    slug = "kyc.number_proven"
    kind = Kind.CONFLICT
    message = "The holder has shown a document for this number. Decide, or lower the level, first."


class NumberReleased(DomainError):
    """An officer has taken the number from this customer, who has not given the data anew."""

    slug = "kyc.number_released"
    kind = Kind.CONFLICT
    message = "Your document number belongs to somebody else, as far as we know. Give your data, with the number, anew."
    field = "id_number"
