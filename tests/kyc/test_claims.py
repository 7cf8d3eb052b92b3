"""Claims: two officers don't collide on one case."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import AuditRecord, Unmasking, User
from config.kit import clock
from kyc.errors import CaseClaimed, CaseNotWaiting, NotALead, NotAnOfficer, OwnCase
from kyc.models import Case, CaseClaim, CaseDecision
from kyc.services import claims, decisions, evidence, unmasking
from tests import factories_kyc as make
from tests.accounts.threads import at_once
from tests.kyc.conftest import signed_in
from tests.kyc.test_desk import body, page_of, seen_on

LATER = timedelta(minutes=claims.CLAIM_MINUTES, seconds=1)


def waiting(user: User | None = None) -> Case:
    """A case under review, without its documents."""
    owner = user or make.customer()
    return Case.objects.create(user=owner, level=2, state="submitted", submitted_at=clock.now(), country="TW")


@pytest.mark.usefixtures("real_db")
def test_of_six_officers_at_once_one_gets_the_case() -> None:
    case, officers = waiting(), [make.officer() for _ in range(6)]
    results = at_once(6, lambda place: claims.claim(case_pk=case.pk, officer=officers[place]))
    won = [result for result in results if isinstance(result, CaseClaim)]
    assert len(won) == 1
    assert sum(isinstance(result, CaseClaimed) for result in results) == 5
    assert CaseClaim.objects.get().officer_id == won[0].officer_id
    assert AuditRecord.objects.filter(act="kyc.case_claimed").count() == 1


@pytest.mark.usefixtures("real_db")
def test_of_six_officers_at_once_one_gets_a_case_whose_claim_ran_out() -> None:
    case, officers = waiting(), [make.officer() for _ in range(7)]
    past = clock.now() - timedelta(hours=2)
    CaseClaim.objects.create(case=case, officer=officers[6], claimed_at=past, expires_at=past + LATER)
    results = at_once(6, lambda place: claims.claim(case_pk=case.pk, officer=officers[place]))
    assert sum(isinstance(result, CaseClaim) for result in results) == 1


@pytest.mark.django_db
def test_a_decision_about_a_case_that_another_officer_has_is_refused_and_a_decision_ends_the_claim() -> None:
    case, mine, other = make.submitted(), make.officer(), make.officer()
    claims.claim(case_pk=case.pk, officer=mine)
    make.look_through(case, mine)
    seen = evidence.of(case).fingerprint
    with pytest.raises(CaseClaimed):
        decisions.approve(case_id=case.public_id, officer=other, seen=seen)
    assert not CaseDecision.objects.exists()
    decisions.approve(case_id=case.public_id, officer=mine, seen=seen)
    assert not CaseClaim.objects.exists()
    with pytest.raises(CaseNotWaiting):
        claims.claim(case_pk=case.pk, officer=other)


@pytest.mark.django_db
def test_a_claim_runs_out_unless_its_officer_goes_on_looking() -> None:
    case, mine, other = waiting(), make.officer(), make.officer()
    claims.claim(case_pk=case.pk, officer=mine)
    with time_machine.travel(clock.now() + LATER / 2):
        claims.renew(case_pk=case.pk, officer=mine)
        claims.renew(case_pk=case.pk, officer=other)
    with time_machine.travel(clock.now() + LATER), pytest.raises(CaseClaimed):
        claims.claim(case_pk=case.pk, officer=other)
    with time_machine.travel(clock.now() + 2 * LATER):
        assert claims.claim(case_pk=case.pk, officer=other).officer_id == other.pk


@pytest.mark.django_db
def test_a_case_given_back_is_free_and_only_its_officer_gives_it_back() -> None:
    case, mine, other = waiting(), make.officer(), make.officer()
    claims.claim(case_pk=case.pk, officer=mine)
    assert not claims.release(case_pk=case.pk, officer=other)
    assert claims.release(case_pk=case.pk, officer=mine)
    assert claims.claim(case_pk=case.pk, officer=other).officer_id == other.pk


@pytest.mark.django_db
def test_a_lead_takes_over_and_nobody_else() -> None:
    case, mine, lead = waiting(), make.officer(), make.officer()
    claims.claim(case_pk=case.pk, officer=mine)
    with pytest.raises(NotALead):
        claims.take_over(case_pk=case.pk, officer=lead)
    lead.groups.add(*_lead_group())
    claims.take_over(case_pk=case.pk, officer=lead)
    assert CaseClaim.objects.get().officer_id == lead.pk
    assert AuditRecord.objects.filter(act="kyc.case_claimed").latest("id").facts["taken_from"] == str(mine.pk)


def _lead_group() -> list[object]:
    from django.contrib.auth.models import Group

    return [Group.objects.get_or_create(name=claims.LEADS_GROUP)[0]]


@pytest.mark.django_db
def test_neither_a_customer_nor_an_officer_about_the_own_case_claims() -> None:
    case, officer = waiting(), make.officer()
    with pytest.raises(NotAnOfficer):
        claims.claim(case_pk=case.pk, officer=case.user)
    own = waiting(officer)
    with pytest.raises(OwnCase):
        claims.claim(case_pk=own.pk, officer=officer)


@pytest.mark.django_db
def test_taking_a_case_for_review_opens_the_data_and_closes_the_decision_to_others(desk: Client) -> None:
    case = make.submitted(make.level_one(id_number="B298765438"))
    other = signed_in(make.officer())
    assert "B298765438" not in body(desk, page_of(case))
    desk.post(page_of(case), {"act": "claim"})
    html = body(desk, page_of(case))
    assert "B298765438" in html
    assert "You work on this case until" in html
    theirs = body(other, page_of(case))
    assert "works on this case until" in theirs
    assert "B298765438" not in theirs
    assert 'name="verdict"' not in theirs
    assert "Take it over" not in theirs
    refused = other.post(page_of(case), {"verdict": "approve", "seen": seen_on(html)}, follow=True)
    assert "is working on this case." in refused.content.decode()
    desk.post(page_of(case), {"act": "release"})
    assert "Nobody works on this case." in body(other, page_of(case))


@pytest.mark.django_db
def test_a_claim_opens_the_data_by_an_unmasking_with_reason_and_audit_row_and_renews_it_while_its_officer_looks() -> None:
    case, mine = make.submitted(), make.officer()
    claims.claim(case_pk=case.pk, officer=mine)
    (row,) = Unmasking.objects.all()
    assert (row.officer, row.customer, set(row.fields)) == (mine, case.user, set(unmasking.FIELDS))
    assert (row.subject, row.reason) == (f"kyc.caseclaim:{case.public_id}", unmasking.REASONS["review"])
    record = AuditRecord.objects.get(act="accounts.unmasked")
    assert (record.actor, record.subject, record.reason) == (mine, row.subject, row.reason)
    claims.claim(case_pk=case.pk, officer=mine)
    claims.renew(case_pk=case.pk, officer=mine)
    assert Unmasking.objects.count() == 1
    with time_machine.travel(clock.now() + LATER * 0.6):
        claims.renew(case_pk=case.pk, officer=mine)
        assert Unmasking.objects.count() == AuditRecord.objects.filter(act="accounts.unmasked").count() == 2
    with time_machine.travel(clock.now() + LATER * 1.4):
        assert set(unmasking.opened(case, mine)) == set(unmasking.FIELDS)
    with time_machine.travel(clock.now() + LATER * 2):
        assert unmasking.opened(case, mine) == {}


@pytest.mark.django_db
def test_a_claim_alone_opens_nothing_and_an_unmasking_of_a_claim_ends_with_it() -> None:
    case, mine, now = make.submitted(), make.officer(), clock.now()
    bare = CaseClaim.objects.create(case=case, officer=mine, claimed_at=now, expires_at=now + LATER)
    assert unmasking.opened(case, mine) == {}
    bare.delete()
    claims.claim(case_pk=case.pk, officer=mine)
    assert unmasking.opened(case, mine) != {}
    claims.release(case_pk=case.pk, officer=mine)
    assert unmasking.opened(case, mine) == {}
