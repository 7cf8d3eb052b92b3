"""Every look at the desk leaves an audit record: asked of each page that the identity checks have in the admin."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from accounts.admin_site import site
from accounts.models import AuditRecord, User
from accounts.models.audit import ActorKind
from accounts.services import legal_holds
from accounts.services.officers import Act
from kyc.models import BankAccount, Case, Document, RecoverySelfie
from kyc.services import applications, links, videos
from tests import factories_kyc as make
from tests.kyc import clips
from tests.kyc.conftest import signed_in
from tests.kyc.test_bank_accounts import add, applied, approve
from tests.kyc.test_desk import make_hash
from tests.kyc.test_recovery_page import handed_in

pytestmark = pytest.mark.django_db
PAGES = {
    "kyc_case_changelist": "kyc.list_viewed",
    "kyc_case_change": "kyc.case_viewed",
    "kyc_document_page": "kyc.document_viewed",
    "kyc_document_video": "kyc.video_viewed",
    "kyc_bankaccount_changelist": "kyc.list_viewed",
    "kyc_bankaccount_change": "kyc.bank_account_viewed",
    "accounts_legalhold_changelist": "kyc.list_viewed",
    "accounts_legalhold_change": "accounts.legal_hold_viewed",
    "kyc_customer_file": "kyc.customer_file_viewed",
    "accounts_recoverycase_changelist": "kyc.list_viewed",
    "accounts_recoverycase_change": "accounts.recovery_viewed",
    "kyc_recovery_selfie": "accounts.recovery_selfie_viewed",
    "kyc_case_export": "desk.exported",
    "kyc_bankaccount_export": "desk.exported",
    "accounts_legalhold_export": "desk.exported",
    "accounts_recoverycase_export": "desk.exported",
}
"""Each page that shows a customer, and the record of a look at it."""
NOTHING_SHOWN = frozenset({301, 302, 403, 404, 405})


def patterns() -> dict[str, URLPattern]:
    """Each address of the admin pages of this app, by name; Django's own redirect has none."""
    ours = [admin for admin in site._registry.values() if type(admin).__module__.startswith("kyc.admin")]
    assert len(ours) >= 4
    found = {str(url.name): url for admin in ours for url in admin.get_urls()}
    return {name: url for name, url in found.items() if name != "None"}


def rows() -> dict[str, dict[str, Any]]:
    """What stands for the parameters of each page: a case with a video, an account, a hold and a recovery."""
    user = make.level_one()
    make.upload_all(user)
    videos.upload(user=user, file=clips.file(clips.clip(seconds=1, audio=None)))
    case = applications.apply(user=user, level=2)
    account, recovery = add(approve(applied())), handed_in()
    hold = legal_holds.place(customer=user, act=Act(reason="court order 7", officer=make.officer()))
    page = Document.objects.filter(case=case, kind="id_front").get()
    return {
        "kyc_case": {"object_id": case.pk},
        "kyc_document_page": {"document_id": page.public_id, "number": 1},
        "kyc_document_video": {"document_id": Document.objects.get(case=case, kind="video").public_id},
        "kyc_bankaccount": {"object_id": account.pk},
        "accounts_legalhold": {"object_id": hold.pk},
        "accounts_recoverycase": {"object_id": recovery.pk},
        "kyc_customer_file": {"uid": user.uid},
        "kyc_recovery_selfie": {"selfie_id": RecoverySelfie.objects.get(case=recovery).public_id},
    }


def address(name: str, url: URLPattern, known: dict[str, dict[str, Any]], client: Client) -> str:
    """The page's address; pictures by a link that was signed for this session."""
    wanted = set(url.pattern.converters)
    given = next((found for start, found in known.items() if name.startswith(start) and wanted <= set(found)), {})
    assert wanted <= set(given), f"{name} is new: say in `rows` what stands for {wanted}, and in PAGES what a look leaves"
    path = reverse(f"admin:{name}", kwargs={key: given[key] for key in wanted})
    if not wanted & {"document_id", "selfie_id"}:
        return path
    session = client.session
    return links.signed(path, viewer=f"{session['_auth_user_id']}:{make_hash(session.session_key)}")


def test_each_page_that_shows_a_customer_writes_who_looked_and_no_other_shows_one() -> None:
    known, officer = rows(), make.officer()
    client = signed_in(officer)
    make_open(client, known)
    uids = {str(uid) for uid in User.objects.filter(is_staff=False).values_list("uid", flat=True)}
    shown = {}
    for name, url in patterns().items():
        before = AuditRecord.objects.filter(actor=officer).count()
        answer = client.get(address(name, url, known, client))
        content = b"".join(answer) if answer.streaming else answer.content
        if answer.status_code == 200:
            written = AuditRecord.objects.filter(actor=officer).order_by("pk")[before:]
            assert len(written) == 1, f"{name} wrote {[row.act for row in written]}"
            (record,) = written
            shown[name] = record.act
            assert record.actor_kind == ActorKind.STAFF
            assert record.subject.split(":")[0] in {"kyc.case", "kyc.document", "kyc.bank_account", "kyc.customer"} | {
                "accounts.legalhold", "accounts.recoverycase", "kyc.bankaccount", "kyc.recoveryselfie",
            }  # fmt: skip
            assert record.subject.endswith(":list") or record.facts["customer"] in uids, name
        else:
            assert answer.status_code in NOTHING_SHOWN, name
            assert not uids & set(re.findall(r"\b[0-9]{9}\b", content.decode())), name
    assert shown == PAGES


def make_open(client: Client, known: dict[str, dict[str, Any]]) -> None:
    """The officer has the case and the recovery in hand, so that their pictures are shown."""
    client.post(reverse("admin:kyc_case_change", args=(known["kyc_case"]["object_id"],)), {"act": "claim"})
    client.get(reverse("admin:accounts_recoverycase_change", args=(known["accounts_recoverycase"]["object_id"],)))


def test_a_list_tells_what_narrowed_it_and_nothing_that_was_typed_about_a_person(desk: Client) -> None:
    case = make.submitted()
    desk.get(f"/admin/kyc/case/?country=tw&level=2&q={case.user.uid}")
    facts = AuditRecord.objects.get(act="kyc.list_viewed", subject="kyc.case:list").facts
    assert facts == {"country": "TW", "level": "2", "search": str(case.user.uid), "rows": "2"}
    desk.get("/admin/kyc/bankaccount/?q=lin@example.com&state=all")
    facts = AuditRecord.objects.get(act="kyc.list_viewed", subject="kyc.bankaccount:list").facts
    assert facts == {"q": "…", "state": "all", "rows": "0"}
    assert not Case.objects.filter(pk=0).exists()
    assert not BankAccount.objects.exists()
