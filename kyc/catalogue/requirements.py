"""What each level asks, by programme. A level and programme that stand here in no row can't be applied for."""

from __future__ import annotations

from dataclasses import dataclass, field

from kyc.models import DocumentKind, IdType, Level
from kyc.models.cases import Programme


@dataclass(frozen=True)
class Requirement:
    """The documents of one level, and whether questionnaire and bank account are due.

    `one_sided` names the identity documents that have no back worth a picture.
    """

    kinds: tuple[str, ...]
    questionnaire: bool = False
    bank_account: bool = False
    one_sided: frozenset[str] = field(default_factory=frozenset)

    def kinds_for(self, id_type: str) -> tuple[str, ...]:
        """The kinds due from a customer with this identity document."""
        if id_type in self.one_sided:
            return tuple(kind for kind in self.kinds if kind != DocumentKind.ID_BACK)
        return self.kinds


REQUIREMENTS: dict[tuple[int, str], Requirement] = {
    (Level.DOCUMENTS, Programme.STANDARD): Requirement(
        kinds=(DocumentKind.ID_FRONT, DocumentKind.ID_BACK, DocumentKind.SELFIE),
        one_sided=frozenset({IdType.PASSPORT}),
    ),
    # bitgin: Upload Image: types 1 to 5 and the questionnaire.
    (Level.DOCUMENTS, Programme.EXTENDED): Requirement(
        kinds=(
            DocumentKind.ID_FRONT,
            DocumentKind.ID_BACK,
            DocumentKind.SELFIE,
            DocumentKind.SECOND_ID,
            DocumentKind.PROOF_OF_ADDRESS,
        ),
        questionnaire=True,
    ),
    # bhex: 实名认证: card_front_url and card_hand_url.
    (Level.DOCUMENTS, Programme.ONE_STEP): Requirement(kinds=(DocumentKind.ID_FRONT, DocumentKind.SELFIE)),
    # bitgin: Apply TWD Deposit / Withdrawal Permission: type 6.
    (Level.BANK, Programme.STANDARD): Requirement(kinds=(DocumentKind.BANK_BOOK,), bank_account=True),
}

APPLIED_FOR = frozenset({Programme.STANDARD.value, Programme.EXTENDED.value})
"""Programmes that a customer names in an application; the others have a door of their own."""

LEVEL_OF_KIND: dict[str, int] = {kind.value: Level.DOCUMENTS.value for kind in DocumentKind} | {
    DocumentKind.BANK_BOOK.value: Level.BANK.value
}
"""The level whose case a document of this kind belongs to."""

COMPARED = (DocumentKind.SELFIE, DocumentKind.ID_FRONT)
"""Documents that show the verified face: a recovery's selfie is compared with them."""
