"""The refusals of the identity checks."""

from __future__ import annotations

from dataclasses import field as fact

from config.kit.errors import DomainError, Kind


class NotEntitled(DomainError):
    """The customer's level does not open this act."""

    slug = "kyc.not_entitled"
    kind = Kind.FORBIDDEN
    message = "This needs identity level {required_level}; the account has level {level}."
    example = {"act": "change_bank_account", "level": 2, "required_level": 3}
    act: str
    level: int
    required_level: int


class IdNumberTaken(DomainError):
    """Another customer has the same identity document."""

    slug = "kyc.id_number_taken"
    kind = Kind.CONFLICT
    message = "This document number is already used by another account."
    field = "id_number"


class TooYoung(DomainError):
    """The customer is under age."""

    slug = "kyc.too_young"
    kind = Kind.UNPROCESSABLE
    message = "You must be at least {age_min} years old."
    field = "birthday"
    example = {"age_min": 18}
    age_min: int


class BirthdayInvalid(DomainError):
    """No living person was born on this day."""

    slug = "kyc.birthday_invalid"
    kind = Kind.INVALID
    message = "The birthday must be a day in the past, at most {age_max} years ago."
    field = "birthday"
    example = {"age_max": 120}
    age_max: int


class IdentityInvalid(DomainError):
    """A part of the basic data can't be true."""

    slug = "kyc.identity_invalid"
    kind = Kind.INVALID
    message = "{name}: {reason}"
    example = {"name": "nationality", "reason": "There is no such country."}
    name: str
    reason: str
    fields: dict[str, list[str]] = fact(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.fields = {self.name: [self.reason]}


class IdNumberInvalid(DomainError):
    """The number can't be that of a document."""

    slug = "kyc.id_number_invalid"
    kind = Kind.INVALID
    message = "A document number has {length_min} to {length_max} letters A-Z and digits."
    field = "id_number"
    example = {"length_min": 4, "length_max": 32}
    length_min: int
    length_max: int


class AlreadyApproved(DomainError):
    """The level has been reached; its data are settled."""

    slug = "kyc.already_approved"
    kind = Kind.CONFLICT
    message = "Level {level} is already approved."
    example = {"level": 2}
    level: int


class UnderReview(DomainError):
    """The case is with an officer."""

    slug = "kyc.under_review"
    kind = Kind.CONFLICT
    message = "Your application for level {level} is under review."
    example = {"level": 2}
    level: int


class LevelOutOfOrder(DomainError):
    """The level before is missing."""

    slug = "kyc.level_out_of_order"
    kind = Kind.CONFLICT
    message = "Level {level} needs level {required_level} first."
    field = "level"
    example = {"level": 3, "required_level": 2}
    level: int
    required_level: int


class PhoneTaken(DomainError):
    """Another account has this phone."""

    slug = "kyc.phone_taken"
    kind = Kind.CONFLICT
    message = "This phone number is already used by another account."
    field = "phone"


class DocumentsMissing(DomainError):
    """Not every required document is there, or a refused one was not replaced."""

    slug = "kyc.documents_missing"
    kind = Kind.UNPROCESSABLE
    message = "Documents are missing: {kinds}."
    example = {"kinds": ["id_back", "selfie"]}
    kinds: list[str] = fact(default_factory=list)


class BankAccountMissing(DomainError):
    """Level 3 needs a bank account."""

    slug = "kyc.bank_account_missing"
    kind = Kind.UNPROCESSABLE
    message = "A bank account is needed for level 3."
    field = "bank_account"


class BankAccountInvalid(DomainError):
    """A part of the bank account is not well formed, or there is none."""

    slug = "kyc.bank_account_invalid"
    kind = Kind.INVALID
    message = "The bank account's {part} is not well formed."
    field = "bank_account"
    example = {"part": "branch_code"}
    part: str


class QuestionnaireMissing(DomainError):
    """This programme asks the questionnaire."""

    slug = "kyc.questionnaire_missing"
    kind = Kind.UNPROCESSABLE
    message = "The questionnaire must be answered."
    field = "questionnaire"


class QuestionnaireInvalid(DomainError):
    """An answer is not among the options, or its free text is missing."""

    slug = "kyc.questionnaire_invalid"
    kind = Kind.UNPROCESSABLE
    message = "The answer to {question} is not valid: {reason}."
    field = "questionnaire"
    example = {"question": "q1", "reason": "one of investment, payment, other is due"}
    question: str
    reason: str


class DocumentTooLarge(DomainError):
    """The file is over the limit."""

    slug = "kyc.document_too_large"
    kind = Kind.TOO_LARGE
    message = "The file is larger than {bytes_max} bytes."
    field = "file"
    example = {"bytes_max": 5_242_880}
    bytes_max: int


class DocumentUnreadable(DomainError):
    """The file is not an image or PDF that we take. `cause` is a word of `kyc.imaging.causes`, `reason` its sentence."""

    slug = "kyc.document_unreadable"
    kind = Kind.UNPROCESSABLE
    message = "The file can't be used: {reason}."
    field = "file"
    example = {"cause": "two_faced", "reason": "it is two kinds of file at once"}
    cause: str
    reason: str


class DocumentSettled(DomainError):
    """An officer has accepted this document; only refused ones are asked again."""

    slug = "kyc.document_settled"
    kind = Kind.CONFLICT
    message = "The document {document_kind} has been accepted and is not asked again."
    field = "kind"
    example = {"document_kind": "id_front"}
    document_kind: str


class UploadQuotaReached(DomainError):
    """Too many uploads today."""

    slug = "kyc.upload_quota_reached"
    kind = Kind.LIMITED
    message = "At most {documents_per_day} documents can be uploaded in a day."
    example = {"documents_per_day": 40, "retry_after": 3_600}
    documents_per_day: int
    retry_after: int


class ImagingBusy(DomainError):
    """All places for reading images are taken."""

    slug = "kyc.imaging_busy"
    kind = Kind.UNAVAILABLE
    message = "Many documents are being read now. Try again in {retry_after} s."
    example = {"retry_after": 5}
    retry_after: int = 5


class CaseChanged(DomainError):
    """The case is not what the officer looked at any more."""

    slug = "kyc.case_changed"
    kind = Kind.CONFLICT
    message = "The customer has changed the case since you opened it. Look at it again before you decide."


class OwnCase(DomainError):
    """Nobody decides about oneself."""

    slug = "kyc.own_case"
    kind = Kind.FORBIDDEN
    message = "You can't decide your own case."


class NotAnOfficer(DomainError):
    """The decider is not a compliance officer."""

    slug = "kyc.not_an_officer"
    kind = Kind.FORBIDDEN
    message = "Only a compliance officer decides cases."


class ReasonUnknown(DomainError):
    """The catalogue has no such reason for this verdict."""

    slug = "kyc.reason_unknown"
    kind = Kind.INVALID
    message = "Choose a reason from the catalogue."
    field = "reason"


class NothingSentBack(DomainError):
    """Sending back needs to say what."""

    slug = "kyc.nothing_sent_back"
    kind = Kind.INVALID
    message = "Choose at least one document to send back."
    field = "documents"


class LinkInvalid(DomainError):
    """The image's link is late, altered or another officer's."""

    slug = "kyc.link_invalid"
    kind = Kind.FORBIDDEN
    message = "This link is no longer good. Open the case again."


class PhoneDiffers(DomainError):
    """The account has a phone, and it is another one."""

    slug = "kyc.phone_differs"
    kind = Kind.CONFLICT
    message = "Your account has another phone number. Verify that one, or change it in your account first."
    field = "phone"
