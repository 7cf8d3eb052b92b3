"""The page of a customer's file: holds by two officers, and the export, for compliance alone."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.test import Client

from accounts.models import AuditRecord, LegalHold
from tests import factories_kyc as make
from tests.kyc.conftest import signed_in

pytestmark = pytest.mark.django_db


def test_a_hold_is_placed_by_one_officer_and_lifted_by_two(desk: Client) -> None:
    user, other = make.level_one(), signed_in(make.officer())
    page = f"/admin/accounts/legalhold/customers/{user.uid}/"
    desk.post(page, {"act": "hold", "reason": " "})
    assert not LegalHold.objects.exists()
    desk.post(page, {"act": "hold", "reason": "court order 7"})
    hold = LegalHold.objects.get()
    assert "court order 7" in desk.get(page).content.decode()
    for browser, act in ((desk, "agree"), (desk, "lift"), (desk, "agree"), (other, "agree")):
        assert LegalHold.objects.get().lifted_at is None
        browser.post(page, {"act": act, "hold": str(hold.public_id), "reason": "it is over"})
    assert LegalHold.objects.get().lifted_at is not None
    assert desk.get("/admin/accounts/legalhold/").status_code == 200
    elsewhere = f"/admin/accounts/legalhold/customers/{make.customer().uid}/"
    stray = desk.post(elsewhere, {"act": "lift", "hold": str(hold.public_id), "reason": "x"}, follow=True)
    assert "There is no such legal hold" in stray.content.decode()


def test_the_export_is_sent_as_a_file_and_audited(desk: Client) -> None:
    user = make.level_one()
    page = f"/admin/accounts/legalhold/customers/{user.uid}/"
    answer = desk.post(page, {"act": "export", "reason": "order 12"})
    assert answer["Content-Disposition"] == f'attachment; filename="customer-{user.uid}.zip"'
    assert "no-store" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as archive:
        own = {"summary.pdf", "data.json", "audit.jsonl", "manifest.json"}
        assert own | {"wallet/statement.csv", "wallet/travel_rule.jsonl"} == set(archive.namelist())
    assert AuditRecord.objects.get(act="kyc.exported").reason == "order 12"
    assert desk.post(page, {"act": "export", "reason": ""}).status_code == 302


@pytest.mark.parametrize("role", ["treasury", "auditor"])
def test_other_roles_see_and_do_nothing(role: str) -> None:
    user, browser = make.level_one(), signed_in(make.officer(role))
    page = f"/admin/accounts/legalhold/customers/{user.uid}/"
    assert browser.get(page).status_code == browser.post(page, {"act": "export", "reason": "x"}).status_code == 403
