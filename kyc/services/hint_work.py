"""The work that finds hints: a row for each document, a bell for the workers, a lease, a sweep.

The number of tries is the lease's fencing token: a worker that comes back late writes nothing.
"""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction

from accounts.models import User
from config.kit import clock, crypto
from kyc.errors import DocumentUnreadable, ImagingBusy, StorageUnavailable
from kyc.models import Case, Compared, CustomerKey, Document, DocumentHints, DocumentKind, DocumentState, HintState
from kyc.models.hints import HINT_FLOW
from kyc.services import documents, hints_child, identity, imaging, likeness, reading

logger = logging.getLogger(__name__)
LEASE_SECONDS = 120
"""Longer than the child and the reading of letters may take together."""
TRIES_MAX = 5
SWEEP_DOCUMENTS_MAX = 50
WITH_NUMBER = frozenset({DocumentKind.ID_FRONT, DocumentKind.ID_BACK, DocumentKind.SECOND_ID})
"""The kinds on which the typed number may stand."""


def due(document: Document) -> None:
    """Let the document be looked at by a worker, soon after the transaction is committed."""
    DocumentHints.objects.create(document=document)
    transaction.on_commit(partial(_ring, document.pk), robust=True)


def renew(case: Case) -> None:
    """Look once more at documents that were read before there was a typed number to compare with."""
    early = DocumentHints.objects.filter(
        document__case=case, document__kind__in=WITH_NUMBER, state=HintState.DONE, number=Compared.ABSENT
    )
    for row in early.select_for_update(of=("self",)).order_by("pk"):
        _move(row, HintState.DUE)
        row.tries, row.due_at = 0, clock.now()
        row.save(update_fields=["state", "tries", "due_at"])
        transaction.on_commit(partial(_ring, row.pk), robust=True)


def _ring(document_id: int) -> None:
    try:
        current_app.send_task("kyc.look_at_document", args=[document_id], expires=300, retry=False)
    except Exception as trouble:  # noqa: BLE001  # brokers' errors have no common base; the sweep finds the row
        logger.warning("the bell was not heard", extra={"document": document_id, "trouble": type(trouble).__name__})


def look(document_id: int) -> bool:
    """Look at the document if that is due and nobody else does; whether it was. Safe to call twice and for unknown ids."""
    row = _claim(document_id)
    if row is not None:
        _work(row)
    return row is not None


def sweep() -> int:
    """Look at what the bells missed and what dead workers left; how many documents."""
    for number in range(SWEEP_DOCUMENTS_MAX):
        row = _claim(None)
        if row is None:
            return number
        _work(row)
    return SWEEP_DOCUMENTS_MAX


@transaction.atomic
def _claim(document_id: int | None) -> DocumentHints | None:
    moment = clock.now()
    rows = DocumentHints.objects.filter(state__in=(HintState.DUE, HintState.RUNNING), due_at__lte=moment)
    if document_id is not None:
        rows = rows.filter(document_id=document_id)
    row = rows.select_for_update(skip_locked=True).order_by("due_at").first()
    if row is None:
        return None
    if row.state == HintState.RUNNING:
        _move(row, HintState.DUE)  # the lease ran out
    if row.tries >= TRIES_MAX:
        _move(row, HintState.FAILED)
        row.save(update_fields=["state"])
        return _claim(document_id) if document_id is None else None
    _move(row, HintState.RUNNING)
    row.tries += 1
    row.due_at = moment + timedelta(seconds=LEASE_SECONDS)
    row.save(update_fields=["state", "tries", "due_at"])
    return row


def _work(row: DocumentHints) -> None:
    document = Document.objects.select_related("user").get(pk=row.document_id)
    try:
        found = _found(document)
    except (StorageUnavailable, ImagingBusy):
        return  # tried again when the lease ends
    except (IndexError, FileNotFoundError, CustomerKey.DoesNotExist, crypto.Unsealable, DocumentUnreadable, ValueError):
        found = None  # the file is gone, or can't be looked into
    _finish(row, document, found)


def _found(document: Document) -> dict[str, Any]:
    jpeg = documents.page(document, 1)
    with imaging.memory_file() as source:
        source.write(jpeg)
        seen: dict[str, Any] = json.loads(imaging.run(hints_child.__file__, source))
    person = identity.read(document.user) if document.kind in WITH_NUMBER else None
    compared = reading.compare(jpeg, person)
    return {**seen, "number": compared.number, "mrz": compared.mrz, "mrz_checks": compared.mrz_checks}


@transaction.atomic
def _finish(mine: DocumentHints, document: Document, found: dict[str, Any] | None) -> None:
    User.objects.select_for_update(no_key=True).only("pk").get(pk=document.user_id)  # an erasure and we: one after the other
    row = DocumentHints.objects.select_for_update().filter(pk=mine.pk, tries=mine.tries, state=HintState.RUNNING).first()
    if row is None:
        return  # another worker holds it now, or has ended it
    if found is None or not _is_there(document):
        _move(row, HintState.FAILED)
        row.save(update_fields=["state"])
        return
    _move(row, HintState.DONE)
    for name in ("width", "height", "sharpness", "glare_share", "faces", "number", "mrz", "mrz_checks"):
        setattr(row, name, found[name])
    row.computed_at = clock.now()
    row.save()
    live = Document.objects.filter(pk=document.pk).exclude(state=DocumentState.REPLACED).exists()
    likeness.note(document, found["print"] if live else None)


def _is_there(document: Document) -> bool:
    """Whether picture and customer were not erased meanwhile. Under the customer's row, as erasures are."""
    return (
        CustomerKey.objects.filter(user_id=document.user_id).exists()
        and Document.objects.filter(pk=document.pk).exclude(pages=[]).exists()
    )


def _move(row: DocumentHints, to: str) -> None:
    HINT_FLOW.check(row.state, to)
    row.state = to
