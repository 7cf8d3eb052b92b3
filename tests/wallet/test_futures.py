"""Opening futures: once, for those who may trade, with the agreement kept as it was."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditRecord
from kyc.errors import NotEntitled
from kyc.services import entitlements
from tests import factories_kyc as factory
from tests.accounts.threads import at_once
from tests.client import Api
from wallet.errors import FuturesAgreementChanged, FuturesNotOpen
from wallet.models import FuturesOpening
from wallet.services import futures


@pytest.fixture
def trader(monkeypatch):
    """A customer who may trade: the level itself is the business of the identity checks' own tests."""
    made = factory.customer()
    monkeypatch.setattr(entitlements, "level_of", lambda user: 2 if user.pk == made.pk else 0)
    return made


@pytest.mark.django_db
def test_futures_are_open_from_the_first_asking_on_under_the_agreement_of_that_day(trader, settings):
    with pytest.raises(FuturesNotOpen):
        futures.require_open(trader)
    first = futures.open_for(user=trader)
    futures.require_open(trader)
    settings.FUTURES_AGREEMENT = "2027-01"
    assert futures.open_for(user=trader).opened_at == first.opened_at
    assert futures.standing(trader) == futures.Standing(first.opened_at, "2026-11", "2027-01")
    (record,) = AuditRecord.objects.filter(act="futures.open")
    assert (record.actor, record.subject, record.facts) == (trader, f"accounts.user:{trader.uid}", {"agreement": "2026-11"})


@pytest.mark.django_db
def test_who_may_not_trade_opens_nothing():
    stranger = factory.customer()
    with pytest.raises(NotEntitled):
        futures.open_for(user=stranger)
    assert not FuturesOpening.objects.exists()


@pytest.mark.django_db
def test_another_agreement_than_the_one_in_force_opens_nothing(trader):
    with pytest.raises(FuturesAgreementChanged) as refused:
        futures.open_for(user=trader, agreement="2020-01")
    assert refused.value.agreement == "2026-11"
    assert not FuturesOpening.objects.exists()


def test_of_many_at_once_one_opens_and_all_are_answered(real_db, trader):
    made = at_once(6, lambda _: futures.open_for(user=trader).opened_at)
    assert len(set(made)) == 1
    assert AuditRecord.objects.filter(act="futures.open").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("act", "constraint"),
    [
        (lambda user: FuturesOpening.objects.filter(user=user).update(agreement="other"), "wallet_futuresopening_append_only"),
        (lambda user: FuturesOpening.objects.filter(user=user).delete(), "wallet_futuresopening_append_only"),
        (lambda user: FuturesOpening.objects.create(user=user, agreement="twice"), "wallet_futuresopening_pkey"),
        (
            lambda user: FuturesOpening(user=user, agreement="").save(force_insert=True),
            "wallet_futuresopening_agreement_given",
        ),
    ],
    ids=["changed", "deleted", "twice", "without an agreement"],
)
def test_the_database_keeps_an_opening_as_it_was(trader, act, constraint):
    if not constraint.endswith("_given"):
        futures.open_for(user=trader)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        act(trader)
    assert refused.value.__cause__.diag.constraint_name == constraint


@pytest.mark.django_db
def test_over_http_the_agreement_is_shown_and_named(trader):
    api = Api(token=factory.token_of(trader))
    shown = {"is_open": False, "opened_at": None, "agreement": None, "agreement_in_force": "2026-11"}
    assert api.get("/api/v1/futures").json() == shown
    assert api.post("/api/v1/futures", {"agreement": "old"}).json()["slug"] == "wallet.futures_agreement_changed"
    opened = api.post("/api/v1/futures", {"agreement": "2026-11"})
    assert opened.status_code == 200
    assert opened.json() == {**shown, "is_open": True, "opened_at": opened.json()["opened_at"], "agreement": "2026-11"}
    assert api.post("/api/v1/futures", {"agreement": "2026-11"}).json() == opened.json() == api.get("/api/v1/futures").json()
    assert Api().get("/api/v1/futures").status_code == 401


@pytest.mark.django_db
def test_without_the_level_the_door_says_so():
    answer = Api(token=factory.token_of(factory.customer())).post("/api/v1/futures", {"agreement": "2026-11"})
    assert (answer.status_code, answer.json()["slug"]) == (403, "kyc.not_entitled")
