"""What an officer has before the eyes, as one fingerprint: a decision is bound to it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from kyc.models import BankAccount, Case, Document, DocumentKind, DocumentState, Identity


@dataclass(frozen=True)
class Evidence:
    """The live documents of a case in the order of their kinds, and the SHA-256 (hex) over all that is decided about.

    The fingerprint covers each document's id and SHA-256, and everything typed: the basic data (whose sealed form is another
    with each writing), the day of expiry, the questionnaire and the bank account.
    """

    documents: tuple[Document, ...]
    fingerprint: str


def of(case: Case) -> Evidence:
    """The case's evidence as it is now."""
    kinds = DocumentKind.values
    live = Document.objects.filter(case=case).exclude(state=DocumentState.REPLACED)
    documents = tuple(sorted(live, key=lambda document: kinds.index(document.kind)))
    row = Identity.objects.filter(user_id=case.user_id).first()
    bank = BankAccount.objects.filter(case=case).order_by("-id").values_list("sealed", flat=True).first()
    parts = [
        str(case.public_id),
        [[str(document.public_id), document.fingerprint] for document in documents],
        [row.nationality, row.residence, row.id_type] if row else [],
        str(case.document_expires_on or ""),
        *(
            hashlib.sha256(bytes(sealed or b"")).hexdigest()
            for sealed in (row.sealed if row else None, bank, case.questionnaire_sealed)
        ),
    ]
    return Evidence(documents, hashlib.sha256(json.dumps(parts).encode()).hexdigest())
