"""Contacts on the customers' pages: masked, opened by a role with a reason, for this officer, and written down."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import AuditRecord, Unmasking, User
from tests.factories_accounts import customer, officer
from tests.kyc.conftest import signed_in

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/user/"
HIDDEN = ("alice@example.com", "+886912345678", "wonderland", "127.0.0.1")


@pytest.fixture
def alice() -> User:
    """A customer with every contact and a session."""
    user = customer(email="alice@example.com", username="wonderland")
    User.objects.filter(pk=user.pk).update(phone="+886912345678")
    return User.objects.get(pk=user.pk)


def desk(role: str) -> Client:
    """A browser of an officer with this role."""
    return signed_in(officer(role)[0])


def seen(browser: Client, page: str) -> set[str]:
    """Which of the hidden words stand on the page."""
    text = browser.get(page).content.decode()
    assert "a***e@example.com" in text or "alice@example.com" in text
    return {word for word in HIDDEN if word in text}


@pytest.mark.parametrize("role", ["compliance", "treasury", "auditor"])
def test_lists_and_pages_show_masks_to_every_role(role: str, alice: User) -> None:
    browser = desk(role)
    assert seen(browser, LIST) == set()
    assert seen(browser, f"{LIST}?q=alice@example.com") <= {
        "alice@example.com"
    }  # what the officer typed stands in the search box
    assert seen(browser, f"{LIST}{alice.pk}/change/") == set()


def test_an_officer_opens_what_was_chosen_and_nobody_else_sees_it(alice: User) -> None:
    browser, other, page = desk("treasury"), desk("compliance"), f"{LIST}{alice.pk}/change/"
    browser.post(f"{LIST}{alice.pk}/reveal/", {"fields": ["email", "places"], "reason": "calls about a withdrawal"})
    assert seen(browser, page) == {"alice@example.com", "127.0.0.1"}
    assert seen(other, page) == set()
    assert seen(browser, LIST) == set()
    record = AuditRecord.objects.get(act="accounts.unmasked")
    assert (record.subject, record.reason) == (f"accounts.user:{alice.uid}", "calls about a withdrawal")
    assert record.facts == {"customer": str(alice.uid), "fields": "email, places"}


@pytest.mark.parametrize(
    ("role", "given", "status"),
    [
        ("auditor", {"fields": ["email"], "reason": "curious"}, 403),
        ("compliance", {"fields": ["email"], "reason": " "}, 302),
        ("compliance", {"fields": ["uid"], "reason": "x"}, 302),
        ("compliance", {"reason": "x"}, 302),
    ],
)
def test_without_role_reason_or_a_known_field_nothing_is_opened(
    role: str, given: dict[str, str], status: int, alice: User
) -> None:
    browser = desk(role)
    assert browser.post(f"{LIST}{alice.pk}/reveal/", given).status_code == status
    assert browser.get(f"{LIST}{alice.pk}/reveal/").status_code == 405
    assert seen(browser, f"{LIST}{alice.pk}/change/") == set()
    assert not Unmasking.objects.exists()
