"""Security holds that officers set and lengthen: what the customer reads, who may, and what is written down."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.errors import NotACustomer, NotAnOfficer, OwnAccount, ReasonDue, SecurityHoldActive
from accounts.errors.holds import HoldChanged, HoldLengthInvalid, HoldOver
from accounts.models import AuditRecord, SecurityHold, User
from accounts.services import hold_desk, holds
from accounts.services.officers import Act
from config.kit.clock import now
from config.kit.errors import Absent
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import customer, officer, token_of
from tests.factories_messaging import read_message

pytestmark = pytest.mark.django_db


def by(*roles: str, reason: str = "called the desk, phone was stolen") -> Act:
    return Act(reason=reason, officer=officer(*roles)[0])


def held(hours: int = 24) -> SecurityHold:
    return hold_desk.set_hold(customer=customer(), hours=hours, act=by("support"))


def test_an_officer_sets_a_hold_and_the_customer_reads_until_when(api: Api) -> None:
    user = customer()
    made = hold_desk.set_hold(customer=user, hours=48, act=by("support"))
    assert made.until - made.started_at == timedelta(hours=48)
    with pytest.raises(SecurityHoldActive):
        holds.require_none(user)
    (shown,) = api.get("/api/v1/me", token=token_of(user)).json()["security_holds"]
    assert shown["cause"] == "staff"
    assert shown["until"].startswith(f"{made.until:%Y-%m-%dT%H:%M}")
    assert read_message(user.email or "", "hold_set").facts == {"until": hold_desk.text(made.until)}
    record = AuditRecord.objects.get(act="accounts.hold_set")
    assert record.reason == "called the desk, phone was stolen"
    assert record.facts == {"customer": str(user.uid), "cause": "staff", "until": hold_desk.text(made.until)}


def test_a_hold_is_lengthened_by_one_officer_from_the_end_that_was_seen(api: Api) -> None:
    hold = held()
    before = hold.until
    after = hold_desk.lengthen(hold_id=hold.public_id, hours=12, seen_until=before, act=by("treasury"))
    assert after.until == before + timedelta(hours=12)
    (shown,) = api.get("/api/v1/me", token=token_of(hold.user)).json()["security_holds"]
    assert shown["until"].startswith(f"{after.until:%Y-%m-%dT%H:%M}")
    assert read_message(hold.user.email or "", "hold_set").facts == {"until": hold_desk.text(after.until)}
    assert AuditRecord.objects.get(act="accounts.hold_lengthened").facts["until_before"] == hold_desk.text(before)
    with pytest.raises(HoldChanged):
        hold_desk.lengthen(hold_id=hold.public_id, hours=12, seen_until=before, act=by("treasury"))


@pytest.mark.parametrize("hours", [0, -1, hold_desk.HOURS_MAX + 1, 10**9])
def test_a_hold_has_a_length_within_reason(hours: int) -> None:
    hold = held()
    with pytest.raises(HoldLengthInvalid):
        hold_desk.set_hold(customer=customer(), hours=hours, act=by("support"))
    with pytest.raises(HoldLengthInvalid):
        hold_desk.lengthen(hold_id=hold.public_id, hours=hours, seen_until=hold.until, act=by("support"))
    assert SecurityHold.objects.get().until == hold.until


def test_a_hold_that_is_over_is_not_lengthened() -> None:
    hold = held()
    with time_machine.travel(now() + timedelta(hours=25), tick=False), pytest.raises(HoldOver):
        hold_desk.lengthen(hold_id=hold.public_id, hours=1, seen_until=hold.until, act=by("support"))


@pytest.mark.parametrize("number", ["", "1", "x" * 16, "9" * 16, "9" * 40, None])
def test_no_such_hold(number: object) -> None:
    with pytest.raises(Absent):
        hold_desk.lengthen(hold_id=number, hours=1, seen_until=now(), act=by("support"))


def test_who_may_not_and_why() -> None:
    user, hold = customer(), held()
    for role in ("auditor", "operator", "compliance_lead"):
        with pytest.raises(NotAnOfficer):
            hold_desk.set_hold(customer=user, hours=1, act=by(role))
        with pytest.raises(NotAnOfficer):
            hold_desk.lengthen(hold_id=hold.public_id, hours=1, seen_until=hold.until, act=by(role))
    with pytest.raises(ReasonDue):
        hold_desk.set_hold(customer=user, hours=1, act=by("support", reason="  "))
    with pytest.raises(NotACustomer):
        hold_desk.set_hold(customer=officer("support")[0], hours=1, act=by("support"))
    own = by("support")
    assert own.officer is not None
    with pytest.raises(OwnAccount):
        hold_desk.set_hold(customer=own.officer, hours=1, act=own)
    assert not SecurityHold.objects.filter(user=user).exists()


def test_the_database_lets_no_hold_end_earlier_go_or_become_another() -> None:
    hold = held()
    rows = SecurityHold.objects.filter(pk=hold.pk)
    with pytest.raises(IntegrityError, match="two officers"), transaction.atomic():
        rows.update(until=hold.until - timedelta(seconds=1))
    for change in ({"user": customer()}, {"cause": "email"}, {"started_at": hold.started_at - timedelta(hours=1)}):
        with pytest.raises(IntegrityError, match="only the end"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError, match="not deleted"), transaction.atomic():
        rows.delete()
    rows.update(until=hold.until + timedelta(hours=1))


@pytest.mark.django_db(transaction=True)
def test_of_many_officers_who_saw_the_same_end_one_lengthens() -> None:
    hold, acts = held(), [by("support") for _ in range(6)]

    def lengthen(index: int) -> User:
        return hold_desk.lengthen(hold_id=hold.public_id, hours=5, seen_until=hold.until, act=acts[index]).user

    results = at_once(6, lengthen)
    assert sum(isinstance(result, User) for result in results) == 1
    assert sum(isinstance(result, HoldChanged) for result in results) == 5
    assert SecurityHold.objects.get().until == hold.until + timedelta(hours=5)
