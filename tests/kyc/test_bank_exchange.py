"""What an exchanged bank account does: it waits for payments under way, and customer and webhooks are told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from config.webhooks import endpoints
from kyc import errors
from kyc.models import BankAccount, Case, CaseState
from kyc.services import bank_uses, decisions, entitlements
from messaging.models import Message, Webhook
from tests import factories_kyc as make
from tests.factories_messaging import read_message
from tests.kyc.test_bank_accounts import FIRST, SECOND, add, applied, approve, remove
from tests.kyc.test_grounds import refuse, send_back
from tests.messaging.test_webhooks import SECRETS

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    """Of level 3."""
    return approve(applied())


@pytest.fixture
def listened(settings: Any) -> None:
    """Somebody listens."""
    settings.WEBHOOK_ENDPOINTS = endpoints(["https://hooks.example.com/"], [SECRETS])


def events(user: User, kind: str) -> list[tuple[str, int]]:
    """(Event without the kind, customer's level), in order; each names the customer."""
    bodies = [json.loads(row.body) for row in Webhook.objects.filter(event__startswith=kind).order_by("id")]
    assert {body["data"]["uid"] for body in bodies} <= {str(user.uid)}
    return [(body["type"].removeprefix(kind), body["data"]["customer_level"]) for body in bodies]


@pytest.mark.parametrize("bank", [FIRST, SECOND])
def test_an_account_with_a_payment_under_way_is_not_replaced(user: User, bank: Any) -> None:
    account, case, officer = BankAccount.objects.get(user=user), applied(user, bank), make.officer()
    with transaction.atomic():
        bank_uses.begin_use(user=user, public_id=str(account.public_id), reference="withdrawal:1")
    with pytest.raises(errors.BankAccountInUse):
        make.decide(decisions.approve, case, officer)
    case.refresh_from_db()
    account.refresh_from_db()
    assert (case.state, account.state, entitlements.level_of(user)) == (CaseState.SUBMITTED, "verified", 3)
    bank_uses.end_use("withdrawal:1")
    make.decide(decisions.approve, case, officer)
    account.refresh_from_db()
    assert account.state == "replaced"


def test_a_payment_to_an_account_that_stays_stops_no_approval(user: User) -> None:
    further = add(user)
    BankAccount.objects.filter(pk=further.pk).update(state="removed")
    own = BankAccount.objects.get(user=user, state="verified")
    case = applied(user, SECOND)
    BankAccount.objects.filter(pk=own.pk).update(case=None)
    with transaction.atomic():
        bank_uses.begin_use(user=user, public_id=str(own.public_id), reference="withdrawal:2")
    approve(case)
    own.refresh_from_db()
    assert own.state == "verified"


def test_the_customer_is_told_of_the_account_that_was_replaced() -> None:
    user = approve(applied(make.level_two(make.level_one(make.customer(language="zh-TW")))))
    approve(applied(user, SECOND))
    assert read_message(user.email or "", "bank_account_replaced").facts["account_tail"] == "5777"
    assert Message.objects.filter(user=user, template="bank_account_replaced", channel="email").count() == 1
    approve(applied(user, SECOND))  # the same again is no news
    assert Message.objects.filter(user=user, template="bank_account_replaced", channel="email").count() == 1


def test_who_exchanges_the_account_of_a_case_is_told() -> None:
    case = send_back(applied())
    add(case.user)
    assert read_message(case.user.email or "", "bank_account_replaced").facts["account_tail"] == "5777"


@pytest.mark.usefixtures("listened")
def test_each_state_of_an_account_is_told_with_the_level_of_the_customer() -> None:
    user = approve(applied())
    assert events(user, "kyc.bank_account.") == [("pending", 2), ("verified", 3)]
    further = add(user)
    remove(user, further)
    approve(applied(user, SECOND))
    assert events(user, "kyc.bank_account.")[2:] == [
        ("pending", 3), ("removed", 3), ("pending", 3), ("replaced", 3), ("verified", 3),
    ]  # fmt: skip


@pytest.mark.usefixtures("listened")
def test_each_state_of_a_case_is_told_with_the_level_of_the_customer() -> None:
    user = approve(applied())
    refuse(BankAccount.objects.get(user=user))
    assert events(user, "kyc.case.") == [
        ("submitted", 0), ("approved", 1), ("submitted", 1), ("approved", 2), ("submitted", 2), ("approved", 3), ("revoked", 2),
    ]  # fmt: skip
    assert Case.objects.get(user=user, level=3).state == CaseState.REVOKED
    body = json.loads(Webhook.objects.order_by("id").last().body)
    assert set(body["data"]) == {"uid", "level", "state", "case", "customer_level"}
