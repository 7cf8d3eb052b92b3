"""The staff desk shows the books and changes nothing."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.admin_site import site
from accounts.models import RegisterType, User
from config.kit.clock import now
from tests import factories_wallet as factory
from wallet.models.coins import Coin
from wallet.models.ledger import LedgerAccount, Posting

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of_auditor():
    """A request of an officer who may look."""
    officer = User.objects.create(
        email="auditor@example.com", register_type=RegisterType.STAFF, registered_at=now(), is_staff=True
    )
    officer.groups.add(Group.objects.get(name="auditor"))
    made = RequestFactory().get("/")
    made.user = officer
    made.session = SessionStore()
    return made


@pytest.mark.parametrize("model", [Coin, LedgerAccount, Posting])
def test_nothing_can_be_added_changed_or_deleted(request_of_auditor, model):
    page = site._registry[model]
    assert page.has_view_permission(request_of_auditor)
    assert not page.has_add_permission(request_of_auditor)
    assert not page.has_change_permission(request_of_auditor)
    assert not page.has_delete_permission(request_of_auditor)


@pytest.mark.parametrize("rows", [1, 40])
def test_lists_cost_the_same_however_long(request_of_auditor, rows):
    for _ in range(rows):
        factory.fund(factory.owner(), "1")
    for model in (LedgerAccount, Posting):
        page = site._registry[model]
        with CaptureQueriesContext(connection) as captured:
            page.changelist_view(request_of_auditor).render()
        assert len(captured) <= 6, [query["sql"] for query in captured]
        assert not [query for query in captured if "COUNT(*)" in query["sql"] and "LIMIT" not in query["sql"]]


def test_a_posting_shows_its_legs(request_of_auditor):
    customer = factory.owner()
    made = factory.fund(customer, "12.25")
    shown = site._registry[Posting].change_view(request_of_auditor, str(made.id)).render().content.decode()
    assert "-12.25" in shown
    assert "the house" in shown


def test_signed_out_nobody_sees_anything():
    assert Client().get("/admin/wallet/posting/").status_code in {302, 404}


def test_a_number_is_looked_up_as_a_number(request_of_auditor):
    customer = factory.owner()
    made = factory.fund(customer, "1")
    posting = Posting.objects.get(pk=made.id)
    pages = {Posting: site._registry[Posting], LedgerAccount: site._registry[LedgerAccount]}

    def found(model, term):
        rows, _ = pages[model].get_search_results(request_of_auditor, model.objects.all(), term)
        with CaptureQueriesContext(connection) as captured:
            answer = list(rows)
        assert "varchar" not in str([query["sql"] for query in captured]).lower()
        return answer

    assert found(Posting, f" {posting.pk} ") == [posting]
    assert found(Posting, posting.key) == [posting]
    assert found(LedgerAccount, str(customer.uid)) == list(LedgerAccount.objects.filter(owner=customer))
    for nothing in ("no number", "9" * 30, "\u0661", "-1"):
        assert (found(Posting, nothing), found(LedgerAccount, nothing)) == ([], [])
