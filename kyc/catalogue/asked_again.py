"""Why officers ask for something again: which reasons are offered beside which document or part, and in how few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kyc.catalogue.reasons import REASONS
from kyc.models import DocumentKind, Part


@dataclass(frozen=True)
class Offered:
    """A reason as an officer chooses it: `brief` for the eye, `sentence` is what the customer reads."""

    slug: str
    brief: str
    sentence: str


BRIEF: Mapping[str, str] = {
    "image_unclear": "unclear",
    "image_cropped": "cut off",
    "wrong_document": "wrong document",
    "document_expired": "expired",
    "data_differs": "differs",
    "selfie_without_document": "face or card hidden",
    "address_not_proven": "old or elsewhere",
    "bank_account_differs": "holder or account differs",
    "answer_unclear": "unclear",
}
_PICTURE = ("image_unclear", "image_cropped", "wrong_document")
_CARD = (*_PICTURE, "document_expired", "data_differs")
_DOCUMENTS: Mapping[str, tuple[str, ...]] = {
    DocumentKind.ID_FRONT: _CARD,
    DocumentKind.ID_BACK: _CARD,
    DocumentKind.SELFIE: (*_PICTURE, "selfie_without_document"),
    DocumentKind.SECOND_ID: _CARD,
    DocumentKind.PROOF_OF_ADDRESS: (*_PICTURE, "address_not_proven"),
    DocumentKind.BANK_BOOK: (*_PICTURE, "bank_account_differs"),
    DocumentKind.VIDEO: (*_PICTURE, "selfie_without_document"),
}
_UNANSWERED = "answer_unclear"


def of_document(kind: str) -> list[Offered]:
    """What may be wrong with a document of this kind."""
    return _offered(_DOCUMENTS[kind])


def of_part(part: str) -> list[Offered]:
    """What may be wrong with this part of what the customer typed: one thing, so that one click says it."""
    return _offered([_UNANSWERED if part == Part.QUESTIONNAIRE else "data_differs"])


def _offered(slugs: Iterable[str]) -> list[Offered]:
    return [Offered(slug, BRIEF[slug], REASONS[slug].text("en")) for slug in slugs]
