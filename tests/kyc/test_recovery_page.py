"""The officers' page of recovery cases: looked at, logged, decided with a code, and never about what was not seen."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from accounts import step_up
from accounts.models import AuditRecord, RecoveryCase, Unmasking
from accounts.models.recovery import CaseState, RecoveryCause
from accounts.services import freezing, recovery_cases
from kyc.errors import ImagesMasked
from kyc.models import RecoverySelfie
from kyc.services import documents, recovery_selfies, recovery_view
from tests import factories_kyc as make
from tests.factories_accounts import CLIENT, App, officer
from tests.factories_recovery import SAW, code_for
from tests.kyc import pictures
from tests.kyc.conftest import signed_in

pytestmark = pytest.mark.django_db
QUEUE = "/admin/accounts/recoverycase/"


def handed_in(user: Any = None) -> RecoveryCase:
    """A verified customer's case, cause freeze, with a selfie."""
    user = user or make.level_two()
    freezing.freeze(user=user, client=CLIENT)
    made = recovery_cases.open_case(
        email=user.email,
        phone=None,
        code=code_for(user),
        password=make.PASSWORD,
        cause=RecoveryCause.FREEZE,
        statement="I froze it myself.\n<b>Let me in</b>",
        client=CLIENT,
    )
    return recovery_selfies.hand_in(token=made.token, content=pictures.jpeg())


def desk_of(*, proved: bool = True) -> tuple[Client, App]:
    user, app = officer("compliance")
    client = signed_in(user)
    if proved:
        session = client.session
        session[step_up.PROVED_AT] = session["staff_signed_in_at"]
        session.save()
    return client, app


def page_of(case: RecoveryCase) -> str:
    return f"{QUEUE}{case.pk}/change/"


def decide(client: Client, case: RecoveryCase, **changes: str) -> Any:
    case.refresh_from_db()
    words = {"verdict": "approve", "reason": SAW, "seen": bytes(case.selfie_sha256 or b"").hex(), **changes}
    return client.post(page_of(case), words, follow=True)


def test_the_page_shows_selfie_number_statement_identity_log_and_freeze() -> None:
    case = handed_in()
    desk, _ = desk_of()
    page = desk.get(page_of(case)).content.decode()
    assert case.challenge in page
    assert "I froze it myself." in page
    assert "&lt;b&gt;Let me in&lt;/b&gt;" in page
    assert "Mei-Hua Lin" in page
    assert "by the owner" in page
    assert page.count('class="desk-stage"') == 3
    assert "Account frozen" in page
    assert AuditRecord.objects.filter(act="accounts.recovery_viewed").count() == 1


def test_a_second_officer_sees_masks_until_they_are_opened_with_a_reason() -> None:
    case = handed_in()
    first, second = desk_of()[0], desk_of()[0]
    assert "Mei-Hua Lin" in first.get(page_of(case)).content.decode()
    row = Unmasking.objects.get(subject=f"accounts.recoverycase:{case.public_id}")
    assert set(row.fields) == set(recovery_view.OPENED)
    assert AuditRecord.objects.get(act="accounts.unmasked", subject=row.subject).reason == row.reason
    masked = second.get(page_of(case)).content.decode()
    assert "Mei-Hua Lin" not in masked
    assert "1990-02-28" not in masked
    assert 'class="desk-stage"' not in masked
    link = re.findall(r'src="(/admin/accounts/recoverycase/selfies/[^"]+)"', first.get(page_of(case)).content.decode())[0]
    selfie = RecoverySelfie.objects.get()
    with pytest.raises(ImagesMasked):
        recovery_view.look_at_selfie(selfie_id=selfie.public_id, officer=make.officer())
    assert first.get(link.replace("&amp;", "&")).status_code == 200
    second.post(page_of(case), {"act": "reveal", "reason": ""})
    assert "Mei-Hua Lin" not in second.get(page_of(case)).content.decode()
    second.post(page_of(case), {"act": "reveal", "reason": "review"})
    assert "Mei-Hua Lin" in second.get(page_of(case)).content.decode()
    assert AuditRecord.objects.filter(act="accounts.unmasked").count() == Unmasking.objects.count()
    assert Unmasking.objects.exclude(subject__startswith="kyc.caseclaim:").count() == 2


def test_every_picture_is_watermarked_logged_and_for_this_officers_session_only() -> None:
    case = handed_in()
    desk, _ = desk_of()
    page = desk.get(page_of(case)).content.decode()
    (link,) = re.findall(r'src="(/admin/accounts/recoverycase/selfies/[^"]+)"', page)
    link = link.replace("&amp;", "&")
    answer = desk.get(link)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert "no-store, private" in answer.headers["Cache-Control"]
    assert answer.content != recovery_selfies.read(RecoverySelfie.objects.get())
    assert Image.open(io.BytesIO(answer.content)).format == "JPEG"
    assert AuditRecord.objects.filter(act="accounts.recovery_selfie_viewed").count() == 1
    other, _ = desk_of()
    assert other.get(link).status_code == 403
    assert desk.get(link.partition("?")[0]).status_code == 403
    assert desk.get(re.sub(r"s=[0-9a-f]{4}", "s=0000", link)).status_code == 403
    assert Client().get(link).status_code == 302


def test_two_officers_approve_on_the_page() -> None:
    case = handed_in()
    first, _ = desk_of()
    second, _ = desk_of()
    assert "waits for the second officer" in decide(first, case).content.decode()
    again = decide(first, case)
    assert (again.status_code, "another officer is due" in again.content.decode()) == (409, True)
    assert "the waiting time runs" in decide(second, case).content.decode()
    case.refresh_from_db()
    assert case.state == CaseState.WAITING


def test_a_decision_needs_a_code_where_the_last_one_is_old() -> None:
    case = handed_in()
    desk, app = desk_of(proved=False)
    assert 'name="code"' in desk.get(page_of(case)).content.decode()
    assert decide(desk, case).status_code == 409
    assert decide(desk, case, code="000000").status_code == 409
    case.refresh_from_db()
    assert case.state == CaseState.SUBMITTED
    assert decide(desk, case, code=app.code()).status_code == 200
    case.refresh_from_db()
    assert case.state == CaseState.SECOND_REVIEW


@pytest.mark.parametrize(
    "changes",
    [
        {"seen": "0" * 64},
        {"seen": ""},
        {"seen": "x"},
        {"verdict": "send_back"},
        {"verdict": "reject", "told": "unclear"},
        {"verdict": "send_back", "told": "another_person"},
        {"verdict": "other"},
        {"reason": "short"},
        {"reason": "x" * 1001},
        {"told": "nonsense"},
    ],
)
def test_a_decision_that_says_too_little_changes_nothing_and_keeps_what_was_written(changes: dict[str, str]) -> None:
    case = handed_in()
    desk, _ = desk_of()
    answer = decide(desk, case, **changes)
    assert answer.status_code == 409
    if "reason" not in changes:
        assert SAW in answer.content.decode()
    case.refresh_from_db()
    assert case.state == CaseState.SUBMITTED


def test_a_case_is_sent_back_and_rejected_on_the_page() -> None:
    case = handed_in()
    desk, _ = desk_of()
    decide(desk, case, verdict="send_back", told="number_missing")
    case.refresh_from_db()
    assert case.state == CaseState.SENT_BACK
    other = handed_in()
    decide(desk, other, verdict="reject", told="another_person")
    other.refresh_from_db()
    assert other.state == CaseState.REJECTED
    page = desk.get(page_of(other)).content.decode()
    assert "The person in the picture is not the verified owner" in page
    assert 'name="verdict"' not in page


def test_only_compliance_officers_open_the_page() -> None:
    case = handed_in()
    for role in ("treasury", "auditor"):
        client = signed_in(officer(role)[0])
        assert client.get(page_of(case)).status_code == 403
        assert client.post(page_of(case)).status_code == 403
        assert client.get(QUEUE).status_code == 403
    assert Client().get(page_of(case)).status_code == 302


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30, "abc", "½"])
def test_a_case_that_there_is_not_is_not_found(number: str) -> None:
    desk, _ = desk_of()
    assert desk.get(f"{QUEUE}{number}/change/").status_code == 404
    assert desk.post(f"{QUEUE}{number}/change/", {"verdict": "approve"}).status_code == 404


def test_the_queue_lists_the_oldest_first_and_filters_by_state() -> None:
    first, second = handed_in(), handed_in()
    desk, _ = desk_of()
    decide(desk_of()[0], first)
    page = desk.get(QUEUE).content.decode()
    assert page.index(str(first.public_id)) < page.index(str(second.public_id))
    assert "1 of 2" in page
    assert str(first.public_id) not in desk.get(f"{QUEUE}?queue=submitted").content.decode()
    assert str(second.public_id) in desk.get(f"{QUEUE}?queue=submitted").content.decode()
    assert str(first.public_id) in desk.get(f"{QUEUE}?queue=all&q={first.user.uid}").content.decode()
    assert desk.get(f"{QUEUE}?queue=nonsense&q=nobody").status_code == 200


def test_an_officer_sees_who_else_looks() -> None:
    case = handed_in()
    one, two = desk_of()[0], desk_of()[0]
    one.get(page_of(case))
    assert "is looking at this case now" in two.get(page_of(case)).content.decode()
    assert "is looking at this case now" not in one.get(page_of(case)).content.decode()


def test_queries_do_not_grow_with_the_cases(django_assert_max_num_queries: Any) -> None:
    desk, _ = desk_of()
    case = [handed_in() for _ in range(3)][-1]
    desk.get(QUEUE)
    with django_assert_max_num_queries(14):
        desk.get(QUEUE)
    with django_assert_max_num_queries(32):  # the first look takes the case, and writes down that it opens the data
        desk.get(page_of(case))
    with django_assert_max_num_queries(28):
        desk.get(page_of(case))


def test_a_customer_without_verified_pictures_is_shown_as_such() -> None:
    case = handed_in(make.customer())
    desk, _ = desk_of()
    page = desk.get(page_of(case)).content.decode()
    assert "There is no verified picture" in page
    assert page.count('class="desk-stage"') == 1


def test_only_the_newest_accepted_documents_are_compared() -> None:
    case = handed_in()
    documents.upload(user=case.user, kind="bank_book", content=pictures.jpeg())
    view = recovery_view.look(case_pk=case.pk, officer=make.officer())
    assert [document.kind for document in view.documents] == ["selfie", "id_front"]
