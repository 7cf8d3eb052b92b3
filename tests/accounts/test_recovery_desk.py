"""Two officers decide: never one alone, never about oneself, never about a picture that was not looked at."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.errors import (
    RecoveryAlreadyDecided,
    RecoveryNotAnOfficer,
    RecoveryOwnCase,
    RecoveryReasonInvalid,
    SelfieChanged,
)
from accounts.models import AuditRecord, RecoveryCase, RecoveryDecision
from accounts.models.recovery import CaseState, Verdict
from accounts.services import recovery_cases, recovery_desk, recovery_ends, recovery_reasons
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.flow import IllegalMove
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import CLIENT, customer, officer
from tests.factories_messaging import read_message
from tests.factories_recovery import SAW, approve, opened, picture, submitted, waiting


def words(case: RecoveryCase, **changes: object) -> dict[str, object]:
    case.refresh_from_db()
    return {
        "case_id": case.public_id,
        "officer": officer("compliance")[0],
        "reason": SAW,
        "seen": bytes(case.selfie_sha256 or b""),
        **changes,
    }


def send_back(case: RecoveryCase, **changes: object) -> RecoveryCase:
    return recovery_desk.send_back(**words(case, reason_slug="unclear", **changes))


def reject(case: RecoveryCase, **changes: object) -> RecoveryCase:
    return recovery_desk.reject(**words(case, reason_slug="another_person", **changes))


@pytest.mark.django_db
def test_two_officers_approve_and_the_waiting_time_begins() -> None:
    case = submitted()
    first, second = officer("compliance")[0], officer("compliance")[0]
    assert approve(case, first).state == CaseState.SECOND_REVIEW
    done = approve(case, second)
    assert done.state == CaseState.WAITING
    assert done.waits_until is not None
    assert 23 < (done.waits_until - now()).total_seconds() / 3600 <= 24
    facts = read_message(case.user.email or "", "recovery_approved").facts
    assert facts["until"].startswith(f"{done.waits_until:%Y-%m-%d %H:%M}")
    assert "#" in facts["link"]
    acts = AuditRecord.objects.filter(act="accounts.recovery.approve")
    assert set(acts.values_list("actor", flat=True)) == {first.pk, second.pk}


@pytest.mark.django_db
def test_one_officer_does_not_approve_twice() -> None:
    case = submitted()
    one = officer("compliance")[0]
    approve(case, one)
    with pytest.raises(RecoveryAlreadyDecided):
        approve(case, one)
    case.refresh_from_db()
    assert (case.state, case.decisions.count()) == (CaseState.SECOND_REVIEW, 1)


@pytest.mark.django_db
def test_nobody_decides_about_oneself() -> None:
    case = submitted()
    user = case.user
    type(user).objects.filter(pk=user.pk).update(is_staff=True)
    user.refresh_from_db()
    user.groups.set(officer("compliance")[0].groups.all())
    for act in (approve, lambda one, by: send_back(one, officer=by), lambda one, by: reject(one, officer=by)):
        with pytest.raises(RecoveryOwnCase):
            act(case, user)
    case.refresh_from_db()
    assert case.state == CaseState.SUBMITTED


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["treasury", "auditor"])
def test_only_compliance_officers_decide(role: str) -> None:
    case = submitted()
    for act in (lambda by: approve(case, by), lambda by: send_back(case, officer=by), lambda by: reject(case, officer=by)):
        for by in (officer(role)[0], customer()):
            with pytest.raises(RecoveryNotAnOfficer):
                act(by)
    assert not RecoveryDecision.objects.exists()


@pytest.mark.django_db
def test_a_decision_about_another_picture_is_refused() -> None:
    case = submitted()
    for seen in (picture(), b"", b"x"):
        for act in (recovery_desk.approve,):
            with pytest.raises(SelfieChanged):
                act(**words(case, seen=seen))
        with pytest.raises(SelfieChanged):
            send_back(case, seen=seen)
        with pytest.raises(SelfieChanged):
            reject(case, seen=seen)
    case.refresh_from_db()
    assert case.state == CaseState.SUBMITTED


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "short", " " * 40, "x" * 1001])
def test_every_decision_says_what_the_officer_saw(reason: str) -> None:
    case = submitted()
    for act in (lambda: recovery_desk.approve(**words(case, reason=reason)), lambda: reject(case, reason=reason)):
        with pytest.raises(RecoveryReasonInvalid):
            act()


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["", "nonsense", "another_person"])
def test_sending_back_needs_a_reason_of_its_own_in_the_catalogue(slug: str) -> None:
    case = submitted()
    with pytest.raises(RecoveryReasonInvalid):
        recovery_desk.send_back(**words(case, reason_slug=slug))
    with pytest.raises(RecoveryReasonInvalid):
        recovery_desk.reject(**words(case, reason_slug="unclear"))


@pytest.mark.django_db
def test_sent_back_the_case_asks_for_a_new_selfie_with_a_new_number(api: Api) -> None:
    made = opened()
    recovery_cases.submit(token=made.token, selfie_reference="1", selfie_sha256=picture())
    before = made.case.challenge
    send_back(made.case)
    told = api.get("/api/v1/recovery-cases/current", headers={"X-Recovery-Token": made.token}).json()
    assert (told["state"], told["next_step"], told["reason"]) == ("sent_back", "selfie", "The picture is not clear.")
    assert told["challenge"] != before
    assert told["selfie_due_by"] is not None
    facts = read_message(made.case.user.email or "", "recovery_sent_back").facts
    assert (facts["reason"], "#" in facts["link"]) == ("The picture is not clear.", True)


@pytest.mark.django_db
def test_approvals_of_the_old_picture_count_no_more_and_the_old_picture_is_not_taken_again() -> None:
    made = opened()
    old = picture()
    case = recovery_cases.submit(token=made.token, selfie_reference="1", selfie_sha256=old)
    one, two = officer("compliance")[0], officer("compliance")[0]
    approve(case, one)
    send_back(case, officer=two)
    with pytest.raises(Exception, match="selfie_not_fresh"):
        recovery_cases.submit(token=made.token, selfie_reference="2", selfie_sha256=old)
    case = recovery_cases.submit(token=made.token, selfie_reference="2", selfie_sha256=picture())
    assert approve(case, two).state == CaseState.SECOND_REVIEW
    assert approve(case, one).state == CaseState.WAITING


@pytest.mark.django_db
def test_rejected_the_case_ends_and_the_customer_is_told_why(api: Api) -> None:
    made = opened()
    case = recovery_cases.submit(token=made.token, selfie_reference="1", selfie_sha256=picture())
    reject(case)
    told = api.get("/api/v1/recovery-cases/current", headers={"X-Recovery-Token": made.token}).json()
    assert (told["state"], told["next_step"]) == ("rejected", "none")
    assert told["reason"] == recovery_reasons.text_of("another_person", "en")
    assert read_message(case.user.email or "", "recovery_rejected").facts["reason"] == told["reason"]
    for act in (approve, send_back, reject):
        with pytest.raises(IllegalMove):
            act(case)


@pytest.mark.django_db
def test_an_officer_who_approved_may_take_it_back_while_the_time_runs() -> None:
    case = submitted()
    one = officer("compliance")[0]
    approve(case, one)
    approve(case)
    assert reject(case, officer=one).state == CaseState.REJECTED


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["4203918275640192", 5, "x", None, "½" * 16])
def test_a_case_that_there_is_not_is_absent(number: object) -> None:
    case = submitted()
    with pytest.raises(Absent):
        recovery_desk.approve(**words(case, case_id=number))


@pytest.mark.django_db
def test_the_database_lets_no_case_wait_or_complete_without_two_officers_on_its_picture() -> None:
    case = submitted()
    approve(case)
    for state in (CaseState.WAITING, CaseState.COMPLETED):
        with pytest.raises(IntegrityError, match="two officers"), transaction.atomic():
            RecoveryCase.objects.filter(pk=case.pk).update(state=state, waits_until=now())
    approve(case)
    with pytest.raises(IntegrityError, match="two officers"), transaction.atomic():
        RecoveryCase.objects.filter(pk=case.pk).update(selfie_sha256=picture())


def decision(case: RecoveryCase, officer_id: int, **changes: object) -> None:
    facts = {
        "case": case, "officer_id": officer_id, "customer_id": case.user_id, "verdict": Verdict.APPROVE, "reason": SAW,
        "selfie_sha256": bytes(case.selfie_sha256 or b""), "at": now(), **changes,
    }  # fmt: skip
    RecoveryDecision.objects.create(**facts)


def test_the_database_refuses_ones_own_case_a_second_approval_and_another_customers_name(real_db: None) -> None:
    case = submitted()
    one, other = officer("compliance")[0].pk, customer().pk
    with pytest.raises(IntegrityError, match="accounts_recoverydecision_not_ones_own"), transaction.atomic():
        decision(case, case.user_id)
    with pytest.raises(IntegrityError, match="accounts_recoverydecision_same_customer"), transaction.atomic():
        decision(case, case.user_id, customer_id=other)
    decision(case, one)
    with pytest.raises(IntegrityError, match="accounts_recoverydecision_one_approval_each"), transaction.atomic():
        decision(case, one)
    with pytest.raises(IntegrityError, match="accounts_recoverydecision_no_has_a_reason"), transaction.atomic():
        decision(case, one, verdict=Verdict.REJECT)
    for change in ("UPDATE accounts_recoverydecision SET verdict = 'reject'", "DELETE FROM accounts_recoverydecision"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_officers_who_press_at_the_same_moment_are_two_or_one(real_db: None) -> None:
    case = submitted()
    officers = [officer("compliance")[0] for _ in range(2)]
    seen = bytes(case.selfie_sha256 or b"")
    at_once(24, lambda index: recovery_desk.approve(case_id=case.public_id, officer=officers[index % 2], reason=SAW, seen=seen))
    case.refresh_from_db()
    assert (case.state, case.decisions.count()) == (CaseState.WAITING, 2)
    assert case.decisions.values("officer").distinct().count() == 2


def test_one_officer_who_presses_many_times_at_once_is_one(real_db: None) -> None:
    case = submitted()
    one = officer("compliance")[0]
    seen = bytes(case.selfie_sha256 or b"")
    at_once(24, lambda _: recovery_desk.approve(case_id=case.public_id, officer=one, reason=SAW, seen=seen))
    case.refresh_from_db()
    assert (case.state, case.decisions.count()) == (CaseState.SECOND_REVIEW, 1)


def test_approving_and_cancelling_at_once_end_in_one_of_the_two(real_db: None) -> None:
    case = submitted()
    approve(case)
    second = officer("compliance")[0]
    seen = bytes(case.selfie_sha256 or b"")
    acts = [
        lambda: recovery_desk.approve(case_id=case.public_id, officer=second, reason=SAW, seen=seen),
        lambda: recovery_ends.cancel(case=case, client=CLIENT),
    ]
    at_once(24, lambda index: acts[index % 2]())
    case.refresh_from_db()
    assert case.state == CaseState.CANCELLED


@pytest.mark.django_db
def test_an_officer_who_looks_is_seen_by_the_next_one() -> None:
    case = submitted()
    one, two = officer("compliance")[0], officer("compliance")[0]
    assert recovery_desk.claim(case=case, officer=one) is None
    case.refresh_from_db()
    assert recovery_desk.claim(case=case, officer=one) is None
    assert recovery_desk.claim(case=case, officer=two) == one
    case = waiting()
    assert recovery_desk.claim(case=case, officer=two) is None
    case.refresh_from_db()
    assert case.claimed_by is None


def test_every_reason_has_three_languages_and_a_verdict() -> None:
    for reason in recovery_reasons.REASONS.values():
        assert set(reason.texts) == {"en", "zh-CN", "zh-TW"}
        assert reason.verdicts
