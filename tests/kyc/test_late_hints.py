"""Hints that are found while the customer is erased: nothing of them is written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from accounts.services.officers import Act
from kyc.models import Case, Compared, Document, DocumentHints, HintState, ImagePrint, Likeness
from kyc.services import documents, erasure, hint_work
from tests import factories_kyc as make
from tests.accounts.threads import wait_until_somebody_waits
from tests.kyc import pictures
from wallet.services import leaving

OPERATOR = Act(reason="the customer asked", by="ops")


def uploaded(shade: int = 1) -> Document:
    """A picture of a customer, at which nobody looked yet."""
    content = pictures.encoded(pictures.id_card().rotate(shade), "JPEG")
    return documents.upload(user=make.level_one(), kind="id_front", content=content)


def erase(user: User) -> None:
    """The account ends, and its customer is erased."""
    leaving.close(customer=user, act=OPERATOR)
    leaving.erase(customer=User.objects.get(pk=user.pk), act=OPERATOR)


def found_of(document: Document) -> tuple[DocumentHints, Any]:
    """A worker that has looked at the picture, and what it is about to write."""
    row = hint_work._claim(document.pk)
    assert row is not None
    return row, hint_work._found(document)


def nothing_is_known_of(document: Document) -> bool:
    """Whether no print, no likeness and no comparison was written."""
    row = DocumentHints.objects.get(document=document)
    written = ImagePrint.objects.filter(document=document).exists() or Likeness.objects.filter(other=document).exists()
    return not written and (row.state, row.number, row.sharpness) == (HintState.FAILED, Compared.ABSENT, None)


@pytest.mark.django_db
def test_a_worker_that_comes_back_after_the_erasure_writes_nothing() -> None:
    document = uploaded()
    row, found = found_of(document)
    erase(document.user)
    hint_work._finish(row, document, found)
    assert nothing_is_known_of(document)


@pytest.mark.django_db
def test_a_worker_that_comes_back_after_the_rejected_case_was_erased_writes_nothing() -> None:
    document = uploaded()
    row, found = found_of(document)
    erasure.wipe_rejected(Case.objects.get(pk=document.case_id))
    hint_work._finish(row, document, found)
    assert nothing_is_known_of(document)


@pytest.mark.usefixtures("real_db")
def test_a_worker_that_comes_back_during_the_erasure_waits_for_its_end_and_writes_nothing() -> None:
    document = uploaded()
    row, found = found_of(document)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            erase(document.user)
            late = pool.submit(finishing, row, document, found)
            wait_until_somebody_waits()
        late.result(timeout=30)
    assert nothing_is_known_of(document)


@pytest.mark.usefixtures("real_db")
def test_a_picture_is_not_noted_as_like_one_of_a_customer_who_is_erased_meanwhile() -> None:
    gone, document = uploaded(), uploaded()
    assert hint_work.look(gone.pk)
    assert ImagePrint.objects.filter(document=gone).exists()
    row, found = found_of(document)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            erase(gone.user)
            other = pool.submit(finishing, row, document, found)
            wait_until_somebody_waits()
        other.result(timeout=30)
    assert ImagePrint.objects.filter(document=document).exists()
    assert not Likeness.objects.exists()


def finishing(row: DocumentHints, document: Document, found: Any) -> None:
    """The worker's last step, on a connection of its own."""
    try:
        hint_work._finish(row, document, found)
    finally:
        connection.close()
