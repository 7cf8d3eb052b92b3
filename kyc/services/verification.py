"""The documents' check as dialects of one step show it: what was typed, the two images, where the newest case stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accounts.services.standing import Identity as Stands
from kyc.models import Case, CaseState, Document, DocumentState, Level
from kyc.services import identity, overview
from kyc.services.overview import ReasonShown
from kyc.services.personal_data import PersonalData

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, repr=False)
class Verification:
    """`documents` are the live ones by kind; the typed data stand in the clear, and callers mask what they show."""

    stands: Stands = Stands.NONE
    person: PersonalData | None = None
    documents: dict[str, Document] = field(default_factory=dict)
    reason: ReasonShown | None = None


def read(*, user: User, language: str) -> Verification:
    """The customer's own, the reason in the language; an empty one before anything was handed in."""
    handed_in = Case.objects.filter(user_id=user.pk, level=Level.DOCUMENTS).exclude(state=CaseState.DRAFT)
    case = handed_in.order_by("-id").first()
    if case is None:
        return Verification()
    live = Document.objects.filter(case=case, storage_name__isnull=False).exclude(state=DocumentState.REPLACED)
    return Verification(
        stands=overview.STANDINGS[case.state],
        person=identity.read(user),
        documents={document.kind: document for document in live},
        reason=overview.case_reason(case, language),
    )
