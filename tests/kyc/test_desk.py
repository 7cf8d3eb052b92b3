"""The review desk: who sees what, what each look leaves behind, and decisions through the real forms."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.test import Client
from PIL import Image

from accounts.models import AuditRecord
from config.kit import clock
from kyc.models import Case, CaseDecision, CaseState, Document, DocumentKind
from kyc.services import claims, documents, entitlements, evidence, links
from tests import factories_kyc as make
from tests.kyc import pictures
from tests.kyc.conftest import signed_in

pytestmark = pytest.mark.django_db

QUEUE = "/admin/kyc/case/"


def page_of(case: Case) -> str:
    """The case's address."""
    return f"{QUEUE}{case.pk}/change/"


def image_links(html: str) -> list[str]:
    """The images' addresses on a case page."""
    return [link.replace("&amp;", "&") for link in re.findall(r'<img src="(/admin/kyc/[^"]+)"', html)]


def seen_on(html: str) -> str:
    """The fingerprint on a case page."""
    return re.search(r'name="seen" value="([0-9a-f]{64})"', html)[1]  # type: ignore[index]  # no match fails the test


def body(client: Client, path: str) -> str:
    """The page at the path."""
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_the_queue_shows_who_waits_oldest_first_without_names(desk: Client) -> None:
    first, second = make.submitted(), make.submitted()
    draft = make.level_one()
    make.upload_all(draft)
    html = body(desk, QUEUE)
    assert html.index(str(first.public_id)) < html.index(str(second.public_id))
    assert str(draft.uid) not in html
    assert "Mei-Hua" not in html
    assert str(draft.uid) in body(desk, f"{QUEUE}?queue=draft")
    assert "Take the next case" in html
    assert "Take the next case" not in body(desk, f"{QUEUE}?queue=all")
    assert str(first.public_id) not in body(desk, f"{QUEUE}?country=JP")


def taken(client: Client, case: Case) -> str:
    """The page of the case after this officer took it."""
    client.post(page_of(case), {"act": "claim"})
    return body(client, page_of(case))


def test_without_the_case_no_image_is_shown_and_nothing_decided(desk: Client) -> None:
    case = make.submitted()
    (link, *_) = image_links(taken(desk, case))
    seen = seen_on(body(desk, page_of(case)))
    desk.post(page_of(case), {"act": "release"})
    assert desk.get(link).status_code == 403
    html = body(desk, page_of(case))
    assert image_links(html) == []
    assert 'name="verdict"' not in html
    response = desk.post(page_of(case), {"verdict": "approve", "seen": seen}, follow=True)
    assert "Take the case for review before you decide about it." in response.content.decode()
    case.refresh_from_db()
    assert case.state == CaseState.SUBMITTED


def test_the_next_case_is_the_oldest_that_nobody_has(desk: Client) -> None:
    first, second, third = (make.submitted() for _ in range(3))
    claims.claim(case_pk=first.pk, officer=make.officer())
    assert desk.post(QUEUE)["Location"] == page_of(second)
    assert image_links(body(desk, page_of(second)))
    assert signed_in(make.officer()).post(QUEUE)["Location"] == page_of(third)
    none_left = signed_in(make.officer()).post(QUEUE, follow=True)
    assert "No case is free to take here." in none_left.content.decode()


def test_the_case_page_shows_images_beside_data_and_the_look_is_on_record(desk: Client) -> None:
    user = make.level_one(id_number="B298765438")
    case = make.submitted(user)
    html = taken(desk, case)
    for text in ("Mei-Hua Lin", "B298765438", "1990-02-28", "7 Zhongshan North Road, Taipei", "Identity document, front"):
        assert text in html
    assert len(image_links(html)) == 3
    record = AuditRecord.objects.filter(act="kyc.case_viewed").latest("id")
    assert record.subject == f"kyc.case:{case.public_id}"
    assert "Lin" not in str(record.facts)


def test_an_image_is_shown_with_the_officers_name_and_each_look_is_on_record(desk: Client) -> None:
    case = make.submitted()
    (link, *_) = image_links(taken(desk, case))
    response = desk.get(link)
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]
    document = Document.objects.get(case=case, kind=DocumentKind.ID_FRONT)
    assert response.content != documents.page(document, 1)
    with Image.open(BytesIO(response.content)) as image:
        assert image.size == (640, 400)
    record = AuditRecord.objects.filter(act="kyc.document_viewed").latest("id")
    assert record.facts["sha256"] == document.fingerprint


def test_a_link_opens_in_the_session_it_was_made_for_and_nowhere_else(desk: Client) -> None:
    case = make.submitted()
    (link, other_link, *_) = image_links(taken(desk, case))
    path, query = link.split("?")
    other_path = other_link.split("?")[0]
    assert signed_in(make.officer()).get(link).status_code == 403
    assert Client().get(link).status_code == 302
    assert desk.get(f"{other_path}?{query}").status_code == 403
    assert desk.get(path).status_code == 403
    assert desk.get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 403
    later = re.sub(r"e=(\d+)", lambda found: f"e={int(found[1]) + 60}", link)
    assert desk.get(later).status_code == 403
    assert desk.get(f"{path}?e=９９９９９９９９９９&s=ä").status_code == 403
    with time_machine.travel(clock.now() + timedelta(seconds=links.LINK_SECONDS + 2)):
        assert desk.get(link).status_code == 403
    assert desk.get(link).status_code == 200


def test_the_same_officer_in_another_session_needs_a_new_link() -> None:
    officer = make.officer()
    case = make.submitted()
    (link, *_) = image_links(taken(signed_in(officer), case))
    assert signed_in(officer).get(link).status_code == 403


@pytest.mark.parametrize("role", ["treasury", "auditor"])
def test_other_roles_see_neither_queue_nor_case_nor_image(role: str, desk: Client) -> None:
    case = make.submitted()
    client = signed_in(make.officer(role))
    assert client.get(QUEUE).status_code == 403
    assert client.get(page_of(case)).status_code == 403
    assert client.post(page_of(case), {"verdict": "approve"}).status_code == 403
    document = Document.objects.filter(case=case)[0]
    path = f"{QUEUE}documents/{document.public_id}/1.jpg"
    session = client.session
    viewer = f"{session['_auth_user_id']}:{make_hash(session.session_key)}"
    assert client.get(links.signed(path, viewer=viewer)).status_code == 403


def make_hash(key: str | None) -> str:
    """As the desk names a session."""
    import hashlib

    return hashlib.sha256((key or "").encode()).hexdigest()


def test_approving_through_the_form_opens_the_level(desk: Client) -> None:
    case = make.submitted()
    html = taken(desk, case)
    unseen = desk.post(page_of(case), {"verdict": "approve", "seen": seen_on(html)}, follow=True)
    assert "You have not looked at 3 of the pages yet" in unseen.content.decode()
    assert all(desk.get(link).status_code == 200 for link in image_links(html))
    response = desk.post(page_of(case), {"verdict": "approve", "seen": seen_on(html)}, follow=True)
    assert f"Case {case.public_id} is approved." in response.content.decode()
    assert entitlements.level_of(case.user) == 2
    assert 'name="verdict"' not in body(desk, page_of(case))


def test_sending_back_through_the_form_asks_for_each_chosen_document_with_its_own_reason(desk: Client) -> None:
    case = make.submitted()
    html = taken(desk, case)
    selfie = Document.objects.get(case=case, kind=DocumentKind.SELFIE)
    front = Document.objects.get(case=case, kind=DocumentKind.ID_FRONT)
    desk.post(
        page_of(case),
        {
            "verdict": "send_back",
            "seen": seen_on(html),
            f"refuse-{selfie.public_id}": "image_unclear",
            f"refuse-{front.public_id}": "document_expired",
        },
    )
    selfie.refresh_from_db()
    front.refresh_from_db()
    assert (selfie.state, selfie.reason) == ("refused", "image_unclear")
    assert (front.state, front.reason) == ("refused", "document_expired")
    assert set(Document.objects.filter(case=case).values_list("state", flat=True)) == {"refused", "accepted"}
    seen = {line["kind"]: line.get("reason") for line in CaseDecision.objects.get().seen}
    assert seen == {"id_front": "document_expired", "id_back": None, "selfie": "image_unclear"}
    assert "The photo is not clear" in body(desk, page_of(case))


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "Choose what to do with the case."),
        ({"verdict": "approve"}, "The customer has changed the case since you opened it."),
        ({"verdict": "send_back", "reason": "image_unclear"}, "Choose at least one document to send back."),
        ({"verdict": "send_back", "refuse-no": "image_unclear"}, "Choose at least one document to send back."),
        ({"verdict": "reject", "seen": "x"}, "Choose a reason from the catalogue."),
    ],
)
def test_a_refused_decision_is_shown_as_a_sentence(form: dict[str, str], sentence: str, desk: Client) -> None:
    case = make.submitted()
    taken(desk, case)
    response = desk.post(page_of(case), form, follow=True)
    assert sentence in response.content.decode()
    case.refresh_from_db()
    assert case.state == CaseState.SUBMITTED


def test_an_officers_own_case_is_refused_in_a_sentence() -> None:
    officer = make.officer()
    case = make.submitted(make.level_one(officer))
    client = signed_in(officer)
    for form in ({"act": "claim"}, {"verdict": "approve", "seen": evidence.of(case).fingerprint}):
        response = client.post(page_of(case), form, follow=True)
        assert "You can&#x27;t decide your own case." in response.content.decode()


@pytest.mark.parametrize("path", ["999999/change/", "x/change/", "99999999999999999999/change/", "documents/1/1.jpg"])
def test_what_is_not_there_is_not_found(path: str, desk: Client) -> None:
    assert desk.get(f"{QUEUE}{path}").status_code in {403, 404}


@pytest.mark.parametrize("path", [f"{QUEUE}?q=%00", f"{QUEUE}?country=%00", "/admin/kyc/bankaccount/?country=%00"])
def test_a_nul_is_refused_wherever_it_stands(path: str, desk: Client) -> None:
    case = make.submitted()
    assert desk.get(path).status_code == 400
    assert desk.post(page_of(case), {"act": "reveal", "reason": "review\0"}).status_code == 400


@pytest.mark.parametrize("reason", ["", " ", ".", "\u200b", "\u2800"])
def test_a_reason_says_something(reason: str, desk: Client) -> None:
    case = make.submitted()
    desk.post(page_of(case), {"act": "reveal", "reason": reason})
    assert image_links(body(desk, page_of(case))) == []


def test_nothing_is_added_changed_or_deleted_by_hand(desk: Client) -> None:
    case = make.submitted()
    assert desk.get(f"{QUEUE}add/").status_code == 403
    assert desk.post(f"{QUEUE}{case.pk}/delete/", {"post": "yes"}).status_code == 403
    desk.post(page_of(case), {"state": "approved"})
    case.refresh_from_db()
    assert case.state == CaseState.SUBMITTED


def test_a_pdf_shows_a_picture_for_each_page(desk: Client) -> None:
    user = make.level_one()
    make.upload_all(user)
    documents.upload(user=user, kind="proof_of_address", content=pictures.pdf(3))
    case = Case.objects.get(user=user, level=2)
    desk.post(page_of(case), {"act": "reveal", "reason": "customer_asked"})
    found = image_links(body(desk, page_of(case)))
    assert len(found) == 6
    assert all(desk.get(link).status_code == 200 for link in found)
