"""A customer's safety at the desk: freeze, thaw, sign out, holds in pairs; by roles, with reasons, about no other customer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditRecord, HoldShortening, SecurityHold, Session, User
from accounts.models.users import Status
from accounts.services import freezing, hold_desk, holds
from accounts.services.officers import Act
from tests.accounts.test_exporting import desk
from tests.factories_accounts import CLIENT, customer, officer, token_of
from tests.factories_messaging import read_message

pytestmark = pytest.mark.django_db


def page(client: Client, user: User) -> str:
    answer = client.get(f"/admin/accounts/user/{user.pk}/safety/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def press(client: Client, user: User, act: str, **words: Any) -> str:
    """Press a button; the page that follows."""
    said = {"act": act, "reason": "called and proved who they are", **words}
    answer = client.post(f"/admin/accounts/user/{user.pk}/safety/", said)
    assert answer.status_code == 302, answer.content
    return page(client, user)


def status(user: User) -> str:
    return User.objects.get(pk=user.pk).status


def test_an_officer_freezes_and_compliance_opens_again() -> None:
    user, support, compliance = customer(), desk("support"), desk("compliance")
    token_of(user)
    assert "The account is frozen." in press(support, user, "freeze")
    assert (status(user), Session.objects.filter(user=user, ended_at=None).exists()) == (Status.LOCKED, False)
    record = AuditRecord.objects.get(act="accounts.frozen")
    assert (record.actor_kind, record.actor_id is not None, record.reason) == ("staff", True, "called and proved who they are")
    assert 'value="thaw"' not in page(support, user)
    press(support, user, "thaw")
    assert status(user) == Status.LOCKED
    assert "open again" in press(compliance, user, "thaw")
    assert status(user) == Status.NORMAL
    assert read_message(user.email or "", "account_thawed").facts["until"]


def test_the_owners_own_freeze_is_not_taken_away_at_the_desk() -> None:
    user, compliance = customer(), desk("compliance")
    freezing.freeze(user=user, client=CLIENT)
    press(compliance, user, "freeze")
    assert "goes on" in press(compliance, user, "thaw")
    assert status(user) == Status.LOCKED
    press(compliance, user, "thaw")
    assert status(user) == Status.LOCKED


def test_everywhere_is_everywhere() -> None:
    user, other = customer(), customer()
    for one in (user, other):
        token_of(one)
    assert "sessions ended: 1." in press(desk("support"), user, "sign_out")
    assert list(Session.objects.filter(ended_at=None).values_list("user_id", flat=True)) == [other.pk]


def test_a_hold_is_set_and_lengthened_by_one_and_shortened_by_two() -> None:
    user, one, other = customer(), desk("compliance"), desk("compliance")
    assert "No money leaves until" in press(one, user, "set", hours=24)
    hold = SecurityHold.objects.get()
    press(one, user, "lengthen", hold=hold.public_id, hours=24, seen_until=hold.until.isoformat())
    longer = SecurityHold.objects.get().until
    assert (longer - hold.until).total_seconds() == 24 * 3600
    press(one, user, "propose", hold=hold.public_id, until="", seen_until=longer.isoformat())
    row = HoldShortening.objects.get()
    own, theirs = page(one, user), page(other, user)
    assert ('value="confirm"' in own, 'value="confirm"' in theirs) == (False, True)
    seen = re.search(r'name="seen_hash" value="([0-9a-f]{64})"', theirs)
    assert seen is not None
    press(one, user, "confirm", proposal=row.public_id, seen_hash=seen[1])
    assert holds.active(user) != []
    press(other, user, "confirm", proposal=row.public_id, seen_hash="0" * 64)
    assert holds.active(user) != []
    assert "The hold ends on" in press(other, user, "confirm", proposal=row.public_id, seen_hash=seen[1])
    assert holds.active(user) == []
    assert read_message(user.email or "", "hold_shortened").facts["until"]


@pytest.mark.parametrize(
    ("role", "buttons"),
    [
        ("support", {"set", "lengthen", "freeze", "sign_out"}),
        ("treasury", {"set", "lengthen", "freeze"}),
        ("compliance", {"set", "lengthen", "propose", "freeze", "sign_out"}),
        ("auditor", set()),
        ("operator", set()),
    ],
)
def test_each_role_has_its_buttons_and_the_others_do_nothing(role: str, buttons: set[str]) -> None:
    user, client = customer(), desk(role)
    hold = holds.start(user=user, cause="recovery", hours=72)
    assert set(re.findall(r'name="act" value="(\w+)"', page(client, user))) == buttons
    words = {"hold": hold.public_id, "hours": 5, "seen_until": hold.until.isoformat()}
    for act in {"set", "lengthen", "propose", "freeze", "sign_out"} - buttons:
        before = AuditRecord.objects.count()
        press(client, user, act, **words)
        assert AuditRecord.objects.count() == before, act
    assert (status(user), SecurityHold.objects.get().until) == (Status.NORMAL, hold.until)


def test_nothing_is_done_without_a_reason_or_by_an_unknown_button() -> None:
    user, client = customer(), desk("compliance")
    for act, words in (("freeze", {"reason": " "}), ("set", {"hours": 24, "reason": ""}), ("melt", {}), ("set", {"hours": 0}),
                       ("set", {"hours": "x"}), ("set", {"hours": 99_999})):  # fmt: skip
        press(client, user, act, **words)
    assert (status(user), SecurityHold.objects.exists()) == (Status.NORMAL, False)


@pytest.mark.parametrize("number", ["", "x", "9" * 16, "-1"])
def test_no_such_hold_or_proposal(number: str) -> None:
    user, client = customer(), desk("compliance")
    for act in ("lengthen", "propose", "confirm", "reject"):
        words = {"hold": number, "proposal": number, "hours": 5, "seen_until": "yesterday", "seen_hash": "0" * 64}
        assert "There is no" in press(client, user, act, **words)


def test_the_page_of_one_customer_acts_upon_no_other() -> None:
    user, other, client = customer(), customer(), desk("compliance")
    hold = holds.start(user=other, cause="recovery", hours=72)
    press(client, user, "lengthen", hold=hold.public_id, hours=24, seen_until=hold.until.isoformat())
    press(client, user, "propose", hold=hold.public_id, seen_until=hold.until.isoformat())
    assert (SecurityHold.objects.get().until, HoldShortening.objects.exists()) == (hold.until, False)


def test_there_is_no_such_page_for_officers_or_nobody() -> None:
    client = desk("compliance")
    for pk in (officer("support")[0].pk, 999_999_999):
        assert client.get(f"/admin/accounts/user/{pk}/safety/").status_code == 404
    assert Client().get(f"/admin/accounts/user/{customer().pk}/safety/").status_code == 302


def test_what_a_customer_typed_is_text_on_the_page() -> None:
    user, client = customer(), desk("compliance")
    act = Act(reason="<script>alert(1)</script>", officer=officer("compliance")[0])
    hold_desk.set_hold(customer=user, hours=5, act=act)
    press(client, user, "freeze", reason="<script>alert(1)</script>")
    assert "<script>alert(1)" not in page(client, user)
