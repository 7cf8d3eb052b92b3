"""The work that finds hints: a row for each document, a bell for the workers, a lease, a sweep."""

from __future__ import annotations

from kyc.models import Document, DocumentHints


def due(document: Document) -> None:
    """Let the document be looked at by a worker, soon after the transaction is committed."""
    DocumentHints.objects.create(document=document)
