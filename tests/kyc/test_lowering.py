"""Levels that are taken away: by a lead, by the calendar, and because a number was never proven."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import partial
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from accounts import errors as account_errors
from accounts.models import AuditRecord, Erasure, User
from accounts.services.officers import Act
from config.kit.clock import now
from config.kit.errors import Absent
from kyc import errors
from kyc.catalogue.reasons import LOWER, REASONS, reasons_for
from kyc.models import Case, CaseEvent, CaseState, CustomerKey, Identity
from kyc.services import applications, contested, decisions, entitlements, expiry, identity, lowering, overview
from kyc.services.entitlements import Act as Money
from kyc.services.readings import Reading
from kyc.tasks import expire_documents
from messaging.models import Message
from tests import factories_kyc as make
from tests.factories_messaging import read_message
from tests.kyc.test_races import together

pytestmark = pytest.mark.django_db
ANEW = "checked_anew"


def lead(reason: str = ANEW) -> Act:
    """A compliance lead with a reason."""
    return Act(reason=reason, officer=make.officer("compliance_lead"))


def test_a_lead_lowers_a_level_with_a_reason_that_the_customer_reads() -> None:
    user = make.level_two(make.level_one(make.customer(language="zh-TW")))
    act = lead()
    (revoked,) = lowering.lower(user=user, to_level=1, act=act)
    assert (revoked.level, revoked.state, entitlements.level_of(user)) == (2, CaseState.REVOKED, 1)
    with pytest.raises(errors.NotEntitled):
        entitlements.require(user, Money.WITHDRAW_CRYPTO)
    event = CaseEvent.objects.filter(case=revoked).latest("id")
    assert (event.from_state, event.to_state, event.actor, event.reason) == ("approved", "revoked", act.officer, ANEW)
    record = AuditRecord.objects.get(act="kyc.level_lowered")
    assert (record.actor, record.reason, record.subject) == (act.officer, ANEW, f"kyc.customer:{user.uid}")
    assert record.facts == {"from": "2", "to": "1", "customer": str(user.uid)}
    told = read_message(user.email or "", "kyc_lowered").facts
    assert (told["level"], told["reason"]) == ("1", "您的身分需要重新審核。")
    shown = next(case for case in overview.overview(user=user, language="en").cases if case.level == 2)
    assert (shown.state, shown.reason and shown.reason.slug) == ("revoked", ANEW)
    assert shown.missing == ["id_front", "id_back", "selfie", "application"]


def test_a_lowered_level_is_reached_again_by_a_new_case() -> None:
    user = make.level_two()
    lowering.lower(user=user, to_level=1, act=lead())
    with pytest.raises(errors.DocumentsMissing):
        applications.apply(user=user, level=2)
    make.level_two(user)
    assert entitlements.level_of(user) == 2


def test_lowering_to_nothing_takes_every_level() -> None:
    user = make.level_two()
    assert [case.level for case in lowering.lower(user=user, to_level=0, act=lead("information_untrue"))] == [1, 2]
    assert entitlements.level_of(user) == 0


@pytest.mark.parametrize("reason", [slug for slug in REASONS if LOWER not in REASONS[slug].verdicts] + ["because"])
def test_a_level_is_lowered_for_reasons_of_the_catalogue_only(reason: str) -> None:
    user = make.level_one()
    with pytest.raises(errors.ReasonUnknown):
        lowering.check(user=user, to_level=0, act=Act(reason=reason, by="ops"))


def test_who_may_lower_and_whom() -> None:
    user = make.level_one()
    for role in ("compliance", "treasury", "auditor"):
        with pytest.raises(account_errors.NotAnOfficer):
            lowering.lower(user=user, to_level=0, act=Act(reason=ANEW, officer=make.officer(role)))
    with pytest.raises(account_errors.ReasonDue):
        lowering.lower(user=user, to_level=0, act=lead(" "))
    own = lead()
    assert own.officer is not None
    with pytest.raises(account_errors.OwnAccount):
        lowering.lower(user=own.officer, to_level=0, act=own)
    for level in (-1, 1, 2):
        with pytest.raises(errors.LevelNotLower):
            lowering.lower(user=user, to_level=level, act=lead())
    assert entitlements.level_of(user) == 1
    assert not AuditRecord.objects.filter(act="kyc.level_lowered").exists()


@pytest.mark.usefixtures("real_db")
def test_two_leads_at_once_lower_once() -> None:
    user = make.level_two()
    results = together(*(partial(lowering.lower, user=user, to_level=1, act=lead()) for _ in range(2)))
    assert sorted(type(result).__name__ for result in results) == ["LevelNotLower", "list"]
    assert Message.objects.filter(user=user, template="kyc_lowered").count() == 1


def command(name: str, *args: str) -> Any:
    """What it prints."""
    out = StringIO()
    call_command(name, *args, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_command_lowers_after_a_dry_run_that_changes_nothing() -> None:
    user = make.level_two()
    given = (str(user.uid), "--to=1", "--by=ops", f"--reason={ANEW}")
    assert "would fall from 2 to 1" in command("downgrade_customer", *given, "--dry-run")
    assert entitlements.level_of(user) == 2
    told = json.loads(command("downgrade_customer", *given, "--json"))
    assert (told["from"], told["to"], len(told["revoked"])) == (2, 1, 1)
    assert entitlements.level_of(user) == 1
    assert AuditRecord.objects.get(act="kyc.level_lowered").facts["by"] == "ops"
    for bad in (given, (*given[:3], "--reason=why"), ("1", *given[1:])):
        with pytest.raises(SystemExit):
            command("downgrade_customer", *bad)


def expiring(days: int, user: User | None = None) -> Case:
    """An approved level 2 case whose document is good for so many days."""
    case = make.submitted(user)
    read = Reading(expires_on=now().date() + timedelta(days=days))
    make.decide(decisions.approve, case, read=read)
    return case


def test_the_holder_of_a_document_is_told_once_a_month_before_it_expires() -> None:
    case, _, _ = expiring(30), expiring(31), make.level_two()
    assert expire_documents() == (1, 0)
    assert expire_documents() == (0, 0)
    told = Message.objects.get(template="kyc_expiring")
    assert told.user == case.user
    facts = read_message(case.user.email or "", "kyc_expiring").facts
    assert (facts["level"], facts["date"]) == ("2", f"{now().date() + timedelta(days=30):%Y-%m-%d}")


def test_the_level_ends_after_the_documents_last_day() -> None:
    case = expiring(3)
    last = now() + timedelta(days=3)
    with time_machine.travel(last):
        assert expiry.lower() == 0
        assert entitlements.level_of(case.user) == 2
    with time_machine.travel(last + timedelta(days=1)):
        assert expire_documents()[1] == 1
        assert expiry.lower() == 0
        assert entitlements.level_of(case.user) == 1
    case.refresh_from_db()
    assert case.state == CaseState.REVOKED
    record = AuditRecord.objects.get(act="kyc.level_lowered")
    assert (record.actor, record.reason) == (None, "document_ran_out")
    assert Message.objects.get(template="kyc_expired").user == case.user
    reason = CaseEvent.objects.filter(case=case).latest("id").reason
    assert REASONS[reason].verdicts == (LOWER,)


def test_a_renewed_document_keeps_the_level() -> None:
    case = expiring(3)
    expiring(400, case.user)
    with time_machine.travel(now() + timedelta(days=10)):
        assert expire_documents() == (0, 0)
        assert entitlements.level_of(case.user) == 2


def test_an_earlier_approval_of_an_unknown_day_ends_with_the_renewal() -> None:
    user = make.level_two()
    expiring(3, user)
    with time_machine.travel(now() + timedelta(days=4)):
        assert expire_documents()[1] == 1
        assert entitlements.level_of(user) == 1
    assert Message.objects.filter(template="kyc_expired", user=user).count() == 1
    assert AuditRecord.objects.filter(act="kyc.level_lowered").count() == 1


def test_an_erased_customer_keeps_nobody_from_being_told() -> None:
    gone, stays = expiring(3), expiring(3)
    Erasure.objects.create(customer=gone.user, reason="its retention time is over", at=now())
    CustomerKey.objects.filter(user=gone.user).delete()
    assert expire_documents() == (1, 0)
    with time_machine.travel(now() + timedelta(days=4)):
        assert expire_documents() == (0, 1)
    assert Message.objects.get(template="kyc_expired").user == stays.user


def test_after_expiry_the_proven_name_stays() -> None:
    case = expiring(1)
    with time_machine.travel(now() + timedelta(days=3)):
        expiry.lower()
        lowering.lower(user=case.user, to_level=0, act=lead())
        with pytest.raises(errors.IdentityDiffers):
            identity.submit(user=case.user, details=make.personal_data(last_name="Wang"))
        identity.submit(user=case.user, details=make.personal_data())


def test_an_unproven_number_is_released_to_who_can_show_it() -> None:
    number = make.id_number()
    holder, owner, officer = make.level_one(id_number=number), make.customer(), make.officer()
    with pytest.raises(errors.IdNumberTaken):
        identity.submit(user=owner, details=make.personal_data(id_number=number))
    record = AuditRecord.objects.get(act="kyc.id_number_contested")
    assert (record.actor, record.subject) == (owner, f"kyc.customer:{holder.uid}")
    assert record.facts == {"claimant": str(owner.uid), "holder_level": "1"}
    contested.release(holder=holder, act=Act(reason="the owner showed the card", officer=officer))
    assert entitlements.level_of(holder) == 0
    released = AuditRecord.objects.get(act="kyc.id_number_released")
    assert (released.actor, released.reason) == (officer, "the owner showed the card")
    assert read_message(holder.email or "", "kyc_lowered").facts["level"] == "0"
    identity.submit(user=owner, details=make.personal_data(id_number=number))
    assert identity.read(owner).id_number == number
    with pytest.raises(Absent):
        contested.release(holder=holder, act=Act(reason="again", officer=officer))


def test_who_lost_the_number_gives_the_data_anew() -> None:
    number = make.id_number()
    holder = make.level_one(id_number=number)
    contested.release(holder=holder, act=Act(reason="x", by="ops"))
    make.prove_phone(holder)
    assert entitlements.level_of(holder) == 0
    identity.submit(user=holder, details=make.personal_data())
    assert entitlements.level_of(holder) == 1


def test_a_number_behind_which_documents_stand_is_not_released() -> None:
    act = Act(reason="a quarrel", officer=make.officer())
    lowered = make.level_two()
    lowering.lower(user=lowered, to_level=1, act=lead())
    for holder in (make.level_two(), make.submitted().user, lowered):
        with pytest.raises(errors.NumberProven):
            contested.release(holder=holder, act=act)
    with pytest.raises(Absent):
        contested.release(holder=make.customer(), act=act)


def test_only_compliance_releases_a_number_and_says_why() -> None:
    holder = make.level_one()
    with pytest.raises(account_errors.NotAnOfficer):
        contested.release(holder=holder, act=Act(reason="x", officer=make.officer("treasury")))
    with pytest.raises(account_errors.ReasonDue):
        contested.release(holder=holder, act=Act(reason="", officer=make.officer()))
    assert entitlements.level_of(holder) == 1
    command("release_id_number", str(holder.uid), "--by=ops", "--reason=the owner called")
    assert Identity.objects.get(user=holder).released_at is not None
    with pytest.raises(SystemExit):
        command("release_id_number", str(holder.uid), "--by=ops", "--reason=again")


@pytest.mark.usefixtures("real_db")
def test_a_release_and_an_application_at_once_never_leave_a_released_number_under_review() -> None:
    holder = make.level_one()
    make.upload_all(holder)
    results = together(
        partial(contested.release, holder=holder, act=Act(reason="x", by="ops")),
        partial(applications.apply, user=holder, level=2),
    )
    waiting = Case.objects.filter(user=holder, level=2, state=CaseState.SUBMITTED).exists()
    released = Identity.objects.get(user=holder).released_at is not None
    assert waiting != released, results


def test_each_way_to_say_why_has_a_number_of_its_own() -> None:
    assert [reason.number for reason in REASONS.values()] == list(range(1, len(REASONS) + 1))
    assert {reason.slug for reason in reasons_for(LOWER)} == {
        "number_disputed", "document_ran_out", "checked_anew", "information_untrue", "on_request",
    }  # fmt: skip


def test_the_day_of_expiry_is_the_officers_where_both_told_one() -> None:
    user = make.level_one()
    make.upload_all(user)
    case = applications.apply(user=user, level=2, document_expires_on=date(2060, 1, 1))
    make.decide(decisions.approve, case, read=Reading(expires_on=date(2050, 5, 5)))
    case.refresh_from_db()
    assert case.document_expires_on == date(2050, 5, 5)
