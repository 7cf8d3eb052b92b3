"""Bank accounts that customers added, at the desk: found, opened with a reason, decided in three clicks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Unmasking
from kyc.models import BankAccount
from tests import factories_kyc as make
from tests.kyc.conftest import signed_in
from tests.kyc.test_bank_accounts import add, applied, approve

pytestmark = pytest.mark.django_db

QUEUE = "/admin/kyc/bankaccount/"


def page_of(account: BankAccount) -> str:
    """The account's address."""
    return f"{QUEUE}{account.pk}/change/"


def opened(client: Client, account: BankAccount) -> str:
    """The page after its officer opened the masks."""
    client.post(page_of(account), {"act": "reveal", "reason": "review"})
    return client.get(page_of(account)).content.decode()


def seen_on(html: str) -> str:
    """The fingerprint on the page."""
    return re.search(r'name="seen" value="([0-9a-f]{64})"', html)[1]  # type: ignore[index]  # no match fails the test


@pytest.fixture
def account() -> BankAccount:
    """A second account of a verified customer, which waits for an officer."""
    return add(approve(applied()))


def test_what_waits_is_masked_until_it_is_opened_with_a_reason_and_then_verified(desk: Client, account: BankAccount) -> None:
    queue = desk.get(QUEUE).content.decode()
    assert page_of(account) in queue
    masked = desk.get(page_of(account)).content.decode()
    assert "012345678901" not in masked
    assert 'value="verify"' not in masked
    html = opened(desk, account)
    assert "012345678901" in html
    assert Unmasking.objects.latest("id").reason
    desk.post(page_of(account), {"act": "verify", "seen": seen_on(html)})
    account.refresh_from_db()
    assert account.state == "verified"
    assert page_of(account) not in desk.get(QUEUE).content.decode()
    html = desk.get(page_of(account)).content.decode()
    assert 'value="verify"' not in html
    desk.post(page_of(account), {"act": "refuse", "reason": "not_acceptable", "seen": seen_on(html)})
    account.refresh_from_db()
    assert (account.state, account.reason) == ("refused", "not_acceptable")


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "Choose what to do with the account."),
        ({"act": "verify", "seen": "0" * 64}, "changed"),
        ({"act": "refuse", "reason": "nonsense"}, "Choose a reason from the catalogue."),
        ({"act": "reveal", "reason": ""}, "reason"),
    ],
)
def test_what_is_refused_is_told_in_a_sentence(desk: Client, account: BankAccount, form: dict[str, Any], sentence: str) -> None:
    opened(desk, account)
    response = desk.post(page_of(account), form, follow=True)
    assert sentence in response.content.decode()
    account.refresh_from_db()
    assert account.state == "pending"


def test_nobody_else_sees_the_accounts(account: BankAccount) -> None:
    for role in ("treasury", "auditor"):
        client = signed_in(make.officer(role))
        assert client.get(QUEUE).status_code == 403
        assert client.get(page_of(account)).status_code == 403
        assert client.post(page_of(account), {"act": "verify"}).status_code == 403


def test_the_same_account_of_another_customer_is_shown(desk: Client, account: BankAccount) -> None:
    other = approve(applied())
    mine, theirs = BankAccount.objects.filter(user=account.user).earliest("id"), BankAccount.objects.get(user=other)
    assert f"Customer {theirs.user.uid}" in desk.get(page_of(mine)).content.decode()
