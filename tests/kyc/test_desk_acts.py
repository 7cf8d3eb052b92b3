"""The page of a case: readings, parts of the typed data, lowered levels, released numbers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kyc.models import Case, CaseState, Identity
from kyc.services import claims, decisions, entitlements, evidence, identity
from tests import factories_kyc as make
from tests.kyc.conftest import signed_in
from tests.kyc.test_one_step import submitted as one_step_case

pytestmark = pytest.mark.django_db


def post(browser: Client, case: Case, **fields: str) -> str:
    """What the page says after it."""
    answer: Any = browser.post(f"/admin/kyc/case/{case.pk}/change/", fields, follow=True)
    return str(answer.content.decode())


def page(browser: Client, case: Case) -> str:
    """The page."""
    return str(browser.get(f"/admin/kyc/case/{case.pk}/change/").content.decode())


def taken(case: Case, *roles: str) -> Client:
    """The browser of an officer who has the case, with roles beside."""
    officer = make.officer()
    for role in roles:
        officer.groups.add(*make.officer(role).groups.all())
    if case.waiting:
        claims.claim(case_pk=case.pk, officer=officer)
        make.look_through(case, officer)
    return signed_in(officer)


def test_a_birthday_that_was_not_asked_is_typed_at_approval() -> None:
    case = one_step_case()
    browser, seen = taken(case), evidence.of(case).fingerprint
    assert 'name="birthday" required' in page(browser, case)
    answers = {
        "": "Enter the birthday",
        "31.12.1990": "A day is due",
        "2020-01-01": "at least 18 years",
        "1990-02-28": "is approved",
    }
    for birthday, says in answers.items():
        assert says in post(browser, case, verdict="approve", seen=seen, birthday=birthday, expires_on="2055-01-01")
    assert entitlements.level_of(case.user) == 2
    assert str(Case.objects.get(pk=case.pk).document_expires_on) == "2055-01-01"


def test_a_part_of_the_typed_data_is_sent_back_alone() -> None:
    case = make.submitted()
    browser = taken(case)
    html = page(browser, case)
    assert 'name="refuse-part-id_number"' in html
    assert 'name="refuse-part-questionnaire"' not in html
    seen = evidence.of(case).fingerprint
    assert "is sent back" in post(browser, case, verdict="send_back", seen=seen, **{"refuse-part-id_number": "data_differs"})
    case.refresh_from_db()
    assert (case.state, case.refused_parts) == (CaseState.SENT_BACK, {"id_number": "data_differs"})
    assert "Document number due anew" in page(browser, case)


def test_a_lead_lowers_a_level_from_the_page_and_others_are_not_offered_it() -> None:
    case = make.submitted()
    make.decide(decisions.approve, case)
    case.refresh_from_db()
    officer, lead = taken(case), taken(case, "compliance_lead")
    assert "Lower the level" not in page(officer, case)
    assert "Lower the level" in page(lead, case)
    given = {"act": "lower_level", "level": "1", "reason": "checked_anew"}
    post(officer, case, **given)
    assert entitlements.level_of(case.user) == 2
    for bad in ({"level": "x"}, {"level": "2"}, {"reason": ""}, {"reason": "image_unclear"}):
        post(lead, case, **{**given, **bad})
    assert entitlements.level_of(case.user) == 2
    assert "has level 1 now" in post(lead, case, **given)
    assert entitlements.level_of(case.user) == 1


def test_an_officer_releases_an_unproven_number_from_its_page() -> None:
    user = make.level_one()
    case = Case.objects.get(user=user, level=1)
    browser = taken(case)
    assert "Release the number" in page(browser, case)
    post(browser, case, act="release_number", reason=" ")
    assert identity.read(user) is not None
    assert Identity.objects.get(user=user).released_at is None
    assert "holds no document number" in post(browser, case, act="release_number", reason="the owner showed the card")
    assert entitlements.level_of(user) == 0
    assert "Release the number" not in page(browser, case)


def test_a_proven_number_is_not_offered_for_release() -> None:
    user = make.level_two()
    case = Case.objects.get(user=user, level=1)
    assert "Release the number" not in page(taken(case), case)
    assert "has shown a document" in post(taken(case), case, act="release_number", reason="a quarrel")
