"""Two at once: the database decides, and one of them wins."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

import pytest
from django.db import connection

from kyc.errors import CaseChanged, IdNumberTaken
from kyc.models import Case, CaseDecision, CustomerKey, Document, Identity
from kyc.services import claims, decisions, documents, evidence, identity, imaging, vault
from tests import factories_kyc as make
from tests.kyc import pictures


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Each act in a thread of its own, started at one moment; their results or exceptions."""
    gate = threading.Barrier(len(acts))
    found: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            found[place] = act()
        except Exception as problem:  # noqa: BLE001  # the exception is the result
            found[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.usefixtures("real_db")
def test_of_eight_customers_with_one_document_number_one_wins() -> None:
    users = [make.customer() for _ in range(8)]
    number = make.id_number()
    acts = [lambda user=user: identity.submit(user=user, details=make.personal_data(id_number=number)) for user in users]
    results = together(*acts)
    assert sum(isinstance(result, Case) for result in results) == 1
    assert sum(isinstance(result, IdNumberTaken) for result in results) == 7
    assert Identity.objects.count() == 1
    assert Case.objects.count() == 1


@pytest.mark.usefixtures("real_db")
def test_uploads_at_one_moment_leave_one_live_document_in_one_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "alone", nullcontext)  # as if each came to a process of its own
    monkeypatch.setattr(imaging, "_queue", threading.BoundedSemaphore(4))
    user = make.customer()
    results = together(*[lambda: documents.upload(user=user, kind="selfie", content=pictures.jpeg())] * 4)
    assert all(isinstance(result, Document) for result in results), results
    assert Case.objects.count() == 1
    assert Document.objects.exclude(state="replaced").count() == 1


@pytest.mark.usefixtures("real_db")
def test_a_customer_gets_one_key_however_many_ask() -> None:
    user = make.customer()
    sealed = together(*[lambda: vault.seal(user.pk, b"plain", context="test")] * 8)
    assert CustomerKey.objects.count() == 1
    assert {vault.unseal(user.pk, value, context="test") for value in sealed} == {b"plain"}


@pytest.mark.usefixtures("real_db")
def test_two_decisions_at_once_decide_once() -> None:
    case = make.submitted()
    seen = evidence.of(case).fingerprint
    officer = make.officer()
    claims.claim(case_pk=case.pk, officer=officer)
    make.look_through(case, officer)
    results = together(
        lambda: decisions.approve(case_id=case.public_id, officer=officer, seen=seen),
        lambda: decisions.reject(case_id=case.public_id, officer=officer, seen=seen, reason="document_altered"),
    )
    assert sum(isinstance(result, CaseDecision) for result in results) == 1
    assert CaseDecision.objects.count() == 1


@pytest.mark.usefixtures("real_db")
def test_a_new_image_and_an_approval_at_once_never_approve_the_unseen() -> None:
    for _ in range(3):
        case = make.submitted()
        seen = evidence.of(case).fingerprint
        officer = make.officer()
        claims.claim(case_pk=case.pk, officer=officer)
        make.look_through(case, officer)
        approval, upload = together(
            partial(decisions.approve, case_id=case.public_id, officer=officer, seen=seen),
            partial(documents.upload, user=case.user, kind="selfie", content=pictures.jpeg()),
        )
        assert isinstance(upload, Document), upload
        if isinstance(approval, CaseDecision):
            assert upload.case_id != case.pk  # came after: a case of its own
        else:
            assert isinstance(approval, CaseChanged), approval
