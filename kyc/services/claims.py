"""Claims: one officer at a time works on a case. A claim ends by release, by a decision, or by itself after a while."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import CharField, F, Func, Q, Value

from accounts.services import audit, staff, unmasking
from config.kit import clock
from config.kit.errors import Absent
from kyc.errors import CaseClaimed, CaseNotClaimed, CaseNotWaiting, ImagesUnseen, NotALead, NotAnOfficer, OwnCase
from kyc.models import Case, CaseClaim, Document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User

OFFICERS_GROUP = "compliance"
LEADS_GROUP = "compliance_lead"
OPENED = ("name", "birthday", "gender", "address", "id_number", "account_number", "answers", "images")
"""What a claim opens to its officer: all that the identity checks mask."""
CLAIM_MINUTES = 20
"""For how long a claim stands without a sign of life; each look at the case by its officer renews it."""


def claim(*, case_pk: int, officer: User) -> CaseClaim:
    """Take a waiting case that nobody else has, or renew the own claim. Of two at once, one gets it.

    While it stands the officer sees the customer's data and images without masks; that is written down like any other
    unmasking, with the reason that they are reviewed.

    Raises NotAnOfficer, Absent, OwnCase, CaseNotWaiting, CaseClaimed.
    """
    return _take(case_pk, officer, is_lead=False)


def take_over(*, case_pk: int, officer: User) -> CaseClaim:
    """Take a waiting case away from whoever has it. Only a lead does that; both names are audited.

    Raises NotAnOfficer, NotALead, Absent, OwnCase, CaseNotWaiting.
    """
    if not staff.has_role(officer, LEADS_GROUP):
        raise NotALead
    return _take(case_pk, officer, is_lead=True)


def release(*, case_pk: int, officer: User) -> bool:
    """Give the case back; answers whether the officer had it."""
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(pk=case_pk).first()
        if case is None or not CaseClaim.objects.filter(case=case, officer=officer).delete()[0]:
            return False
        _note(officer, "kyc.case_released", case, {})
        return True


def renew(*, case_pk: int, officer: User) -> None:
    """Let the officer's own claim, where it still stands, begin anew: the officer is at work."""
    now = clock.now()
    live = CaseClaim.objects.filter(case_id=case_pk, officer=officer, expires_at__gt=now)
    if live.update(expires_at=now + timedelta(minutes=CLAIM_MINUTES)):
        _open(Case.objects.select_related("user").get(pk=case_pk), officer)


def subject_of(case: Case) -> str:
    """What an unmasking is about that a claim of the case makes. It counts while the claim stands."""
    return f"kyc.caseclaim:{case.public_id}"


def of(case: Case) -> CaseClaim | None:
    """The claim that stands on the case now, with its officer."""
    return CaseClaim.objects.select_related("officer").filter(case=case, expires_at__gt=clock.now()).first()


def require_own(case: Case, officer: User) -> None:
    """Promise that the officer, and so nobody else, has the case. Under the case's lock.

    Raises CaseClaimed, CaseNotClaimed.
    """
    held = of(case)
    if held is None:
        raise CaseNotClaimed
    if held.officer_id != officer.pk:
        raise CaseClaimed(officer=held.officer.get_full_name())


def note_seen(case: Case, officer: User, document: Document, page: int) -> None:
    """Remember that the officer who has the case looked at this page. Many at once are all kept."""
    page_seen = Value(_page(document, page))
    added = Func(F("seen"), page_seen, function="array_append", output_field=ArrayField(CharField()))
    CaseClaim.objects.filter(case=case, officer=officer).update(seen=added)


def require_seen(case: Case, documents: Iterable[Document]) -> None:
    """Promise that the officer who has the case looked at every page. Under the case's lock. Raises ImagesUnseen."""
    seen = set(CaseClaim.objects.filter(case=case).values_list("seen", flat=True).first() or ())
    due = {_page(document, page) for document in documents for page in range(1, document.page_count + 1)}
    if missing := len(due - seen):
        raise ImagesUnseen(pages=missing)


def end(case: Case) -> None:
    """Nobody has the case any more: it was decided. Under the case's lock."""
    CaseClaim.objects.filter(case=case).delete()


def _take(case_pk: int, officer: User, *, is_lead: bool) -> CaseClaim:
    if not staff.has_role(officer, OFFICERS_GROUP):
        raise NotAnOfficer
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(pk=case_pk).first()
        if case is None:
            raise Absent(thing="case")
        if case.user_id == officer.pk:
            raise OwnCase
        if not case.waiting:
            raise CaseNotWaiting
        return _hold(case, officer, is_lead=is_lead)


def _hold(case: Case, officer: User, *, is_lead: bool) -> CaseClaim:
    now = clock.now()
    until = now + timedelta(minutes=CLAIM_MINUTES)
    before = of(case)
    free = Q() if is_lead else Q(officer=officer) | Q(expires_at__lte=now)
    if before is not None and before.officer_id == officer.pk:
        renew(case_pk=case.pk, officer=officer)
        return CaseClaim.objects.get(case=case)
    values = {"officer": officer, "claimed_at": now, "expires_at": until, "seen": []}
    if not CaseClaim.objects.filter(free, case=case).update(**values):
        CaseClaim.objects.bulk_create([CaseClaim(case=case, **values)], ignore_conflicts=True)
    held = CaseClaim.objects.select_related("officer").get(case=case)
    if held.officer_id != officer.pk:
        raise CaseClaimed(officer=held.officer.get_full_name())
    taken_from = {"taken_from": str(before.officer_id)} if before else {}
    _note(officer, "kyc.case_claimed", case, {"customer": str(case.user.uid), **taken_from})
    _open(case, officer)
    return held


def _open(case: Case, officer: User) -> None:
    unmasking.keep_open(
        customer=case.user,
        fields=OPENED,
        officer=officer,
        subject=subject_of(case),
        roles=(OFFICERS_GROUP,),
        seconds=CLAIM_MINUTES * 60,
    )


def _page(document: Document, page: int) -> str:
    return f"{document.fingerprint}:{page}"


def _note(officer: User, act: str, case: Case, facts: dict[str, str]) -> None:
    audit.record(actor=officer, actor_kind="staff", act=act, subject=f"kyc.case:{case.public_id}", facts=facts)
