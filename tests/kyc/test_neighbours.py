"""Other customers of one number, account or picture stand on the page of a case: masked, and a click from a comparison."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import AuditRecord, Unmasking, User
from accounts.services.officers import Act
from kyc import errors
from kyc.models import BankAccount, Case, Document, Likeness, NamedNumber
from kyc.services import applications, contested, decisions, documents, hint_work, identity, lowering, named_numbers, neighbours
from tests import factories_kyc as make
from tests.kyc import pictures
from tests.kyc.conftest import signed_in
from tests.kyc.test_bank_accounts import add, applied, approve
from tests.kyc.test_desk import QUEUE, body, image_links, page_of, taken

pytestmark = pytest.mark.django_db
HIDDEN = ("Xanthippe", "Quagmire", "1990-02-28", "Zhongshan")


def shared(html: str) -> str:
    """What the page says of neighbours, as plain words."""
    found = re.search(r'aria-label="Neighbours">(.*?)</section>', html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


def refused(number: str, user: User | None = None) -> User:
    """A customer who named the number of another one."""
    made = user or make.customer()
    with suppress(errors.IdNumberTaken):
        identity.submit(user=made, details=make.personal_data(id_number=number))
    return made


def test_who_holds_a_number_and_who_was_refused_it_stand_on_each_others_pages(desk: Client) -> None:
    number = make.id_number()
    case = make.submitted(make.level_one(id_number=number, first_name="Xanthippe", last_name="Quagmire"))
    claimant = refused(number)
    theirs = make.submitted(make.level_one(claimant))
    assert shared(body(desk, page_of(case))) == (
        f"Same document number Customer {claimant.uid} was refused it · level 2, submitted"
    )
    html = body(desk, page_of(theirs))
    assert shared(html) == f"Same document number Customer {case.user.uid} holds it · level 2, submitted"
    assert page_of(case) in html
    assert not [word for word in HIDDEN[:2] if word in html]
    queue = body(desk, QUEUE)
    assert queue.count("1 shared") == 2


def test_a_refused_customer_without_a_case_leads_to_the_customers_file(desk: Client) -> None:
    number = make.id_number()
    case, claimant = make.submitted(make.level_one(id_number=number)), refused(number)
    html = body(desk, page_of(case))
    assert f"Customer {claimant.uid} was refused it" in shared(html)
    assert f"/admin/accounts/legalhold/customers/{claimant.uid}/" in html


def test_a_number_that_went_from_one_customer_to_another_is_remembered_of_both() -> None:
    number, other = make.id_number(), make.id_number()
    former, changed = make.level_one(id_number=number), make.customer()
    contested.release(holder=former, act=Act(reason="the owner showed the card", by="ops"))
    identity.submit(user=changed, details=make.personal_data(id_number=number))
    identity.submit(user=changed, details=make.personal_data(id_number=other))
    owner = make.level_one(id_number=number)
    found = {(near.user.pk, near.relation) for near in neighbours.of_number(owner)}
    assert found == {(former.pk, neighbours.NAMED), (changed.pk, neighbours.NAMED)}
    assert {near.user.pk for near in neighbours.of_number(former)} == {owner.pk, changed.pk}
    assert neighbours.of_number(make.level_one()) == []


def test_refusals_are_kept_sealed_once_each_and_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(named_numbers, "REFUSED_NUMBERS_MAX", 2)
    numbers, claimant = [make.id_number() for _ in range(3)], make.customer()
    for number in numbers:
        make.level_one(id_number=number)
    for number in (*numbers, numbers[0]):
        refused(number, claimant)
    rows = NamedNumber.objects.filter(user=claimant).order_by("pk")
    assert [named_numbers.named(row).text for row in rows] == numbers[:2]
    assert not [row for row in rows if row.refused_at is None or numbers[0].encode() in bytes(row.sealed)]


def test_the_same_bank_account_of_others_is_shown_with_a_case_and_without(desk: Client) -> None:
    with_case, without = approve(applied()), add(approve(applied()))
    first_of_without = BankAccount.objects.filter(user=without.user).earliest("id")
    case = applied()  # everybody names the same account
    html = body(desk, page_of(case))
    words = shared(html)
    assert f"Customer {with_case.uid} · verified with case" in words
    assert f"Customer {without.user.uid} · verified with case {first_of_without.case.public_id}" in words
    BankAccount.objects.filter(pk=first_of_without.pk).update(case=None)
    html = body(desk, page_of(case))
    assert f"Customer {without.user.uid} · verified, added without a case" in shared(html)
    assert f"/admin/kyc/bankaccount/{first_of_without.pk}/change/" in html
    assert "2 shared" in body(desk, QUEUE)


def alike() -> tuple[Case, Document]:
    """A case under review, and another customer's document whose picture is like its front."""
    cases = []
    card = pictures.encoded(pictures.id_card(), "JPEG", quality=90)
    for name in ("Xanthippe", "Mei-Hua"):
        user = make.level_one(first_name=name, last_name="Quagmire")
        document = documents.upload(user=user, kind="id_front", content=card)
        make.upload_all(user, "id_back", "selfie")
        cases.append(applications.apply(user=user, level=2))
        assert hint_work.look(document.pk)
    return cases[1], Document.objects.get(case=cases[0], kind="id_front")


def test_a_picture_like_one_of_the_case_is_opened_beside_it_and_nothing_else_of_its_customer(desk: Client) -> None:
    case, other = alike()
    html = taken(desk, case)
    assert f"customer {other.user.uid}</a>" in html
    assert f"documents/{other.public_id}/" not in html
    answer = desk.post(page_of(case), {"act": "compare", "document": str(other.public_id)})
    assert answer["Location"] == f"{page_of(case)}#picture-{other.public_id}"
    html = body(desk, page_of(case))
    (link,) = [found for found in image_links(html) if f"documents/{other.public_id}/" in found]
    assert desk.get(link).status_code == 200
    assert "Xanthippe" not in html
    record = AuditRecord.objects.filter(act="kyc.document_viewed").latest("id")
    assert (record.subject, record.facts["customer"]) == (f"kyc.document:{other.public_id}", str(other.user.uid))
    opened = Unmasking.objects.get(subject=f"kyc.document:{other.public_id}")
    assert (opened.customer_id, opened.fields, bool(opened.reason)) == (other.user_id, ["images"], True)
    assert AuditRecord.objects.filter(act="accounts.unmasked", subject=opened.subject).count() == 1
    theirs = body(desk, page_of(other.case))
    assert image_links(theirs) == []
    assert "Xanthippe" not in theirs


def test_what_is_not_like_the_case_or_not_in_hand_is_not_compared(desk: Client) -> None:
    case, other = alike()
    form = {"act": "compare", "document": str(other.public_id)}
    masked = desk.post(page_of(case), form, follow=True)
    assert "Take the case for review, or open its data with a reason, to see its images." in masked.content.decode()
    taken(desk, case)
    stranger = Document.objects.get(case=other.case, kind="selfie")
    for number in (stranger.public_id, "x", ""):
        refusal = desk.post(page_of(case), {**form, "document": str(number)}, follow=True)
        assert "There is no such picture" in refusal.content.decode()
    assert not Unmasking.objects.filter(subject__startswith="kyc.document:").exists()
    colleague = signed_in(make.officer())
    desk.post(page_of(case), form)
    (link,) = [found for found in image_links(body(desk, page_of(case))) if str(other.public_id) in found]
    assert colleague.get(link).status_code == 403
    Likeness.objects.all().delete()
    assert str(other.public_id) not in body(desk, page_of(case))


def test_earlier_cases_of_the_customer_stand_on_the_page_with_their_ends(desk: Client) -> None:
    first = make.submitted()
    user = first.user
    assert "Other cases" in body(desk, page_of(first))
    make.decide(decisions.reject, first, reason="not_acceptable")
    second = make.submitted(user)
    make.decide(decisions.approve, second)
    lead = make.officer()
    lead.groups.add(Group.objects.get_or_create(name=lowering.ROLE)[0])
    lowering.lower(user=user, to_level=1, act=Act(reason="checked_anew", officer=lead))
    third = make.submitted(user)
    html = body(desk, page_of(third))
    past = " ".join(re.sub(r"<[^>]+>", " ", html[html.index("Other cases") :]).split())
    assert past.startswith("Other cases Level 2 · Revoked Level 2 · Rejected Level 1 · Approved")
    for case in (first, second):
        assert page_of(case) in html
