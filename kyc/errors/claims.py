"""The refusals of claims on the review desk."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class CaseClaimed(DomainError):
    """Another officer works on the case."""

    slug = "kyc.case_claimed"
    kind = Kind.CONFLICT
    message = "{officer} is working on this case."
    officer: str


class CaseNotWaiting(DomainError):
    """No officer has the next move in this case."""

    slug = "kyc.case_not_waiting"
    kind = Kind.CONFLICT
    message = "This case does not wait for an officer."


class CaseNotClaimed(DomainError):
    """Who decides has the case first: the claim opens the data and keeps others away."""

    slug = "kyc.case_not_claimed"
    kind = Kind.CONFLICT
    message = "Take the case for review before you decide about it."


class ImagesMasked(DomainError):
    """Images are personal data like what is typed."""

    slug = "kyc.images_masked"
    kind = Kind.FORBIDDEN
    message = "Take the case for review, or open its data with a reason, to see its images."


class ImagesUnseen(DomainError):
    """An approval is of what was seen."""

    slug = "kyc.images_unseen"
    kind = Kind.CONFLICT
    message = "You have not looked at {pages} of the pages yet: open the case again, and let every picture appear."
    pages: int


class NotALead(DomainError):
    """Only a lead takes a case away from another officer."""

    slug = "kyc.not_a_lead"
    kind = Kind.FORBIDDEN
    message = "Only a compliance lead takes over a case that another officer works on."
