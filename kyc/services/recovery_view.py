"""What an officer sees of a recovery case: the selfie beside the verified documents. Every look leaves an audit record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from accounts.errors import NotACustomer, OwnAccount
from accounts.models import AccountFreeze, LoginRecord, RecoveryCase, RecoveryDecision, SecurityHold
from accounts.services import freezing, holds, logins, recovery_desk
from accounts.services import unmasking as accounts_unmasking
from config.kit.crypto import Unsealable
from config.kit.errors import Absent
from kyc.catalogue.requirements import COMPARED
from kyc.errors import ImagesMasked, NotAnOfficer
from kyc.models import Case, CaseState, Document, DocumentState, RecoverySelfie
from kyc.services import entitlements, identity, looks, recovery_selfies, unmasking, watermark

if TYPE_CHECKING:
    from accounts.models import User

OPENED = ("name", "birthday", "id_number", "images")
"""What the page shows of the person, and its button opens; places of sign-ins are shown with them."""
LOGINS_SHOWN_MAX = 12
CASES_SHOWN_MAX = 10


@dataclass(frozen=True, repr=False)
class RecoveryView:
    """A recovery case as an officer decides about it."""

    case: RecoveryCase
    looked_at_by: User | None
    """Another officer who looks at it now."""
    selfies: list[RecoverySelfie]
    """Newest first; the first one is what a decision is about."""
    documents: list[Document]
    """Of the verified identity: those that show the face."""
    person: unmasking.PersonShown | None
    """Masked unless the officer has the case in hand, or opened the data with a reason."""
    is_masked: bool
    customer_level: int
    freeze: AccountFreeze | None
    holds: list[SecurityHold]
    logins: list[LoginRecord]
    decisions: list[RecoveryDecision]
    earlier: list[RecoveryCase]


def look(*, case_pk: int, officer: User) -> RecoveryView:
    """The case with everything an officer needs, in a fixed number of queries. Raises NotAnOfficer, Absent."""
    _require_officer(officer)
    case = RecoveryCase.objects.select_related("user", "claimed_by").filter(pk=case_pk).first()
    if case is None:
        raise Absent(thing="recovery case")
    user = case.user
    subject = _subject(case)
    other = recovery_desk.claim(case=case, officer=officer)
    looks.note(officer, "accounts.recovery_viewed", subject, {"customer": str(user.uid)})
    held = recovery_desk.in_hand(user, officer)
    if held == case:
        _keep_open(case, officer)
    opened = _opened(user, officer, held)
    return RecoveryView(
        case=case,
        looked_at_by=other,
        selfies=list(RecoverySelfie.objects.filter(case=case).order_by("-id")),
        documents=_compared(user),
        is_masked=not set(OPENED) <= set(opened),
        person=unmasking.masked(identity.read(user), opened=opened),
        customer_level=entitlements.level_of(user),
        freeze=freezing.current(user),
        holds=holds.active(user),
        logins=list(logins.of(user).order_by("-id")[:LOGINS_SHOWN_MAX]),
        decisions=list(RecoveryDecision.objects.filter(case=case).select_related("officer").order_by("id")),
        earlier=list(RecoveryCase.objects.filter(user=user).exclude(pk=case.pk).order_by("-id")[:CASES_SHOWN_MAX]),
    )


def look_at_selfie(*, selfie_id: int, officer: User) -> bytes:
    """The selfie as JPEG with the officer's name across it. Raises NotAnOfficer, Absent, ImagesMasked."""
    _require_officer(officer)
    selfie = RecoverySelfie.objects.select_related("case__user").filter(public_id=selfie_id).first()
    if selfie is None:
        raise Absent(thing="selfie")
    if not may_see(selfie.case.user, officer):
        raise ImagesMasked
    try:
        content = recovery_selfies.read(selfie)
    except (FileNotFoundError, Unsealable):
        raise Absent(thing="selfie") from None
    facts = {"customer": str(selfie.case.user.uid), "sha256": selfie.fingerprint}
    looks.note(officer, "accounts.recovery_selfie_viewed", f"kyc.recoveryselfie:{selfie.public_id}", facts)
    return watermark.drawn(content, text=watermark.of(officer))


def may_see(user: User, officer: User) -> bool:
    """Whether pictures of the customer are open to the officer because of a recovery: it is in hand, or they were opened."""
    return "images" in _opened(user, officer, recovery_desk.in_hand(user, officer))


def _opened(user: User, officer: User, held: RecoveryCase | None) -> dict[str, datetime]:
    """What is open of the customer: by a reason that was given, or because the officer has the recovery in hand."""
    work = _subject(held) if held is not None else ""
    return accounts_unmasking.opened(customer=user, officer=officer, subject=unmasking.subject_of(user), work=work)


def _keep_open(case: RecoveryCase, officer: User) -> None:
    """Whoever has the case in hand compares the face with the documents: written down as any other unmasking."""
    try:
        accounts_unmasking.keep_open(
            customer=case.user,
            fields=OPENED,
            officer=officer,
            subject=_subject(case),
            roles=(recovery_desk.ROLE,),
            seconds=int(recovery_desk.CLAIM.total_seconds()),
        )
    except (OwnAccount, NotACustomer):
        return  # the own case is shown masked, and its decision refused


def _subject(case: RecoveryCase) -> str:
    return f"accounts.recoverycase:{case.public_id}"


def _compared(user: User) -> list[Document]:
    """The accepted documents of the newest approved case that has any."""
    approved = Case.objects.filter(user_id=user.pk, state=CaseState.APPROVED)
    rows = Document.objects.filter(case__in=approved, kind__in=COMPARED, state=DocumentState.ACCEPTED)
    newest: dict[str, Document] = {}
    for document in rows.order_by("id"):
        newest[document.kind] = document
    return [newest[kind] for kind in COMPARED if kind in newest]


def _require_officer(officer: User) -> None:
    if not recovery_desk.is_officer(officer):
        raise NotAnOfficer
