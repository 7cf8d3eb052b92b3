"""The page of a case shows masks until the officer opens them with a reason; then for some minutes, to that officer."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import AuditRecord
from kyc.models import Case
from tests import factories_kyc as make
from tests.kyc.conftest import signed_in

pytestmark = pytest.mark.django_db
HIDDEN = ("Xanthippe", "Quagmire", "A123456789", "1990-02-28", "Zhongshan")


@pytest.fixture
def case() -> Case:
    """A case under review."""
    return make.submitted(make.level_one(first_name="Xanthippe", last_name="Quagmire", id_number="A123456789"))


def seen(browser: Client, case: Case) -> list[str]:
    """Which of the hidden words stand on the page."""
    answer = browser.get(f"/admin/kyc/case/{case.pk}/change/")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "A12****89" in text or "A123456789" in text
    return [word for word in HIDDEN if word in text]


def test_the_page_is_masked_and_opens_with_a_reason_for_this_officer(desk: Client, case: Case) -> None:
    other, page = signed_in(make.officer()), f"/admin/kyc/case/{case.pk}/change/"
    assert seen(desk, case) == []
    desk.post(page, {"act": "reveal", "reason": "review"})
    assert seen(desk, case) == list(HIDDEN)
    assert seen(other, case) == []
    record = AuditRecord.objects.get(act="accounts.unmasked")
    assert (record.subject, record.facts["customer"]) == (f"kyc.case:{case.public_id}", str(case.user.uid))


def test_one_field_is_opened_alone_and_none_without_a_reason(desk: Client, case: Case) -> None:
    page = f"/admin/kyc/case/{case.pk}/change/"
    desk.post(page, {"act": "reveal", "reason": " "})
    assert seen(desk, case) == []
    desk.post(page, {"act": "reveal", "reason": "compares", "fields": ["id_number"]})
    assert seen(desk, case) == ["A123456789"]
    assert Case.objects.get(pk=case.pk).state == case.state
