"""What an officer sees of a case. Every look leaves an audit record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.cache import cache

from config.kit import crypto, ranges
from config.kit.crypto import Unsealable
from config.kit.errors import Absent
from kyc.catalogue.questionnaires import QUESTIONNAIRES
from kyc.catalogue.requirements import COMPARED
from kyc.errors import ImagesMasked, NotAnOfficer
from kyc.models import BankAccount, Case, CaseClaim, CaseDecision, CaseEvent, Document
from kyc.services import (
    applications,
    claims,
    documents,
    entitlements,
    evidence,
    hints,
    identity,
    links,
    looks,
    neighbours,
    recovery_view,
    unmasking,
    watermark,
)
from kyc.services.decisions import is_officer

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, repr=False)
class CaseView:
    """A case as an officer decides about it: personal data masked unless open, evidence with its fingerprint, the past."""

    case: Case
    customer_level: int
    person: unmasking.PersonShown | None
    opened: dict[str, datetime]
    bank_account: applications.BankDetails | None
    account_number: str
    answers: list[tuple[str, str]]
    evidence: evidence.Evidence
    decisions: list[CaseDecision]
    events: list[CaseEvent]
    other_cases: list[Case]
    claim: CaseClaim | None
    same_number: list[neighbours.NumberNeighbour]
    same_account: list[BankAccount]
    hints: dict[int, hints.Hints]
    compared: list[Document]
    """Other customers' pictures that the officer has open beside those of this case."""


def look(*, case_pk: int, officer: User) -> CaseView:
    """The case with everything an officer needs. Raises NotAnOfficer, Absent."""
    _require_officer(officer)
    case = Case.objects.select_related("user").filter(pk=case_pk).first()
    if case is None:
        raise Absent(thing="case")
    looks.note(officer, "kyc.case_viewed", f"kyc.case:{case.public_id}", {"customer": str(case.user.uid)})
    claims.renew(case_pk=case.pk, officer=officer)
    opened = unmasking.opened(case, officer)
    proof = evidence.of(case)
    noticed = hints.of_many(proof.documents)
    bank = applications.bank_account_of(case)
    return CaseView(
        case=case,
        customer_level=entitlements.level_of(case.user),
        person=unmasking.masked(identity.read(case.user), opened=opened),
        opened=opened,
        bank_account=bank,
        account_number=unmasking.account_number(bank, opened=opened),
        answers=unmasking.answers(_answers(case), opened=opened),
        evidence=proof,
        decisions=list(CaseDecision.objects.filter(case=case).select_related("officer").order_by("-id")),
        events=list(CaseEvent.objects.filter(case=case).select_related("actor").order_by("id")),
        other_cases=list(Case.objects.filter(user_id=case.user_id).exclude(pk=case.pk).order_by("-id")[:20]),
        claim=claims.of(case),
        same_number=neighbours.of_number(case.user),
        same_account=neighbours.of_bank_account(case),
        hints=noticed,
        compared=_compared(noticed, officer),
    )


def _compared(noticed: dict[int, hints.Hints], officer: User) -> list[Document]:
    numbers = [alike.document_id for found in noticed.values() for alike in found.neighbours]
    rows = Document.objects.filter(public_id__in=numbers).select_related("user") if numbers else ()
    pictures = {row.pk: row for row in rows}
    return [pictures[pk] for pk in sorted(unmasking.open_pictures(pictures.values(), officer))]


def look_at_page(*, document_id: int, number: int, officer: User) -> bytes:
    """One page as JPEG with the officer's name across it. Raises NotAnOfficer, Absent, ImagesMasked."""
    _require_officer(officer)
    document = Document.objects.select_related("case__user").filter(public_id=document_id).first()
    if document is None:
        raise Absent(thing="document")
    if not _may_see(document, officer):
        raise ImagesMasked
    try:
        page = documents.page(document, number)
    except (IndexError, FileNotFoundError, Unsealable):
        raise Absent(thing="page") from None
    facts = {**_about(document), "page": str(number)}
    claims.note_seen(document.case, officer, document, number)
    looks.note(officer, "kyc.document_viewed", f"kyc.document:{document.public_id}", facts)
    return watermark.drawn(page, text=watermark.of(officer))


@dataclass(frozen=True, repr=False)
class VideoShown:
    """A part of a video that begins at byte `start` of all its `whole_bytes`."""

    file: links.StoredImage
    start: int
    whole_bytes: int


def look_at_video(*, document_id: int, officer: User, part: ranges.Part, link: str) -> VideoShown:
    """The part of a video, by the link with this signature. The first look by a link is on record; its further parts are not.

    A player asks for many parts, the first of which need not be the beginning. The officer's name stands over the
    player and not in the video: that would mean to encode it anew (see docs/architecture.md).

    Raises NotAnOfficer, Absent, ImagesMasked, StorageUnavailable, ranges.Outside.
    """
    _require_officer(officer)
    document = Document.objects.select_related("case__user").filter(public_id=document_id).first()
    if document is None or document.video is None:
        raise Absent(thing="video")
    if not _may_see(document, officer):
        raise ImagesMasked
    whole = document.video["bytes"]
    start, length = part.within(whole)
    file = links.video(document, start=start, length=length)
    on_record = f"kyc.video_viewed:{crypto.token_hash(link).hex()}"
    if cache.get(on_record) is None:
        looks.note(officer, "kyc.video_viewed", f"kyc.document:{document.public_id}", _about(document))
        cache.set(on_record, 1, timeout=links.LINK_SECONDS)
    return VideoShown(file, start, whole)


def _may_see(document: Document, officer: User) -> bool:
    """With the case in hand or its images opened, or this picture alone to compare it; the verified face in recoveries too."""
    if unmasking.IMAGES in unmasking.opened(document.case, officer) or unmasking.open_pictures([document], officer):
        return True
    return document.kind in COMPARED and recovery_view.may_see(document.case.user, officer)


def _about(document: Document) -> dict[str, str]:
    return {"customer": str(document.case.user.uid), "kind": document.kind, "sha256": document.fingerprint}


def _require_officer(officer: User) -> None:
    if not is_officer(officer):
        raise NotAnOfficer


def _answers(case: Case) -> list[tuple[str, str]]:
    given: dict[str, Any] = applications.questionnaire_of(case)
    if not given or case.questionnaire_version is None:
        return []
    lines = []
    for question in QUESTIONNAIRES[case.questionnaire_version]:
        answer = given.get(question.name, {})
        text = question.options.get(answer.get("value", ""), "—")
        more = answer.get("other_value")
        lines.append((question.text, f"{text}: {more}" if more else text))
    return lines
