"""One-step verification: names, number, front and selfie at once, behind the second factor. It stands for levels 1 and 2."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.services import second_factor
from config.kit.errors import Absent
from kyc.catalogue.requirements import REQUIREMENTS
from kyc.errors import AlreadyApproved, DocumentsMissing, ImageAbsent, PartsMissing, UnderReview
from kyc.models import Case, CaseState, Document, DocumentKind, DocumentState, Gender, Level, Part
from kyc.models.cases import Programme
from kyc.services import (
    applications,
    cases,
    contested,
    entitlements,
    hint_work,
    identity,
    names,
    parts,
    personal_data,
    uploads,
    vault,
)
from kyc.services.personal_data import PersonalData
from kyc.services.refusals import spoken
from messaging.models import Purpose

if TYPE_CHECKING:
    from accounts.models import User
    from accounts.services.clients import Client
    from accounts.services.second_factor import Proof


NOT_ASKED = ("birthday", "residence", "address")
"""What one-step verification may leave out."""


@dataclass(frozen=True)
class OneStepData:
    """What the customer types. A birthday that is not asked is read by the officer, or told by the number."""

    nationality: str
    first_name: str
    last_name: str
    gender: str
    id_type: str
    id_number: str
    birthday: date | None = None
    residence: str = ""
    document_expires_on: date | None = None

    def __repr__(self) -> str:
        return "OneStepData(…)"


def submit(
    *,
    user: User,
    details: OneStepData,
    proof: Proof | None,
    front: str = "",
    selfie: str = "",
    client: Client | None = None,
) -> Case:
    """Hand in data and images for review; after the case was sent back, once more.

    `front` and `selfie` are paths (or whole URLs) of the customer's own uploads; an empty one means the document that was
    uploaded to the case already. An image that an officer accepted stays, whatever comes in its place.
    Approval gives levels 1 and 2. A standing level 2 is renewed from a draft with its documents; while any level stands,
    what it rests on may be typed again but not otherwise, unless an officer sent it back. Call it outside transactions.
    Raises NotForSubAccounts, IdentityInvalid, IdNumberInvalid, IdNumberUnfit, BirthdayInvalid, TooYoung, DocumentExpired,
    ExpiryInvalid, ImageAbsent; then what `second_factor.require` raises; then UnderReview, AlreadyApproved,
    IdentityDiffers, PartSettled, IdNumberTaken, UploadUnfit, UploadUsed, DocumentsMissing, PartsMissing. Nothing is written
    then.
    """
    entitlements.require_own_identity(user)
    clean = personal_data.partly_checked(_as_personal(details, birthday=details.birthday))
    personal_data.check_expiry(details.document_expires_on)
    named = {DocumentKind.ID_FRONT: front, DocumentKind.SELFIE: selfie}
    images = {kind: _own_image(user, kind, path) for kind, path in named.items() if path}
    second_factor.require(user, proof, Purpose.KYC, client=client)
    with contested.noted(user, identity.number_of(clean)), spoken(), transaction.atomic():
        vault.lock(user)
        _require_open_way(user)
        case = cases.open_or_new(user, Level.DOCUMENTS)
        _keep(user, case, clean)
        for kind, path in images.items():
            _claim(user, case, kind, path)
        return _hand_in(case, clean, details.document_expires_on)


def _require_open_way(user: User) -> None:
    case = cases.open_case(user, Level.DOCUMENTS)
    if case is not None and case.waiting:
        raise UnderReview(level=Level.DOCUMENTS)
    if case is None and cases.approved(user, Level.DOCUMENTS):
        raise AlreadyApproved(level=Level.DOCUMENTS)


def _keep(user: User, case: Case, clean: PersonalData) -> None:
    """Write the data; what was given before and is not asked here stays, unless the number tells otherwise."""
    identity.require_proven_name(user, clean)
    former = identity.read(user)
    if former is not None and cases.any_approved(user):
        clean = parts.settled_by(former, clean, opened=parts.with_bound(case.refused_parts, former))
    elif former is not None:
        typed = {name: value for name, value in vars(clean).items() if value or name not in NOT_ASKED}
        clean = PersonalData(**{**vars(former), **typed})
    identity.write(user, clean)


def _own_image(user: User, kind: str, path: str) -> str:
    """The bare path of what is named as this image. It is found by that and by its owner; nothing is ever fetched."""
    try:
        names.find(path, user)
    except Absent:
        raise ImageAbsent(document_kind=kind) from None
    return names.canonical(path)


def _claim(user: User, case: Case, kind: str, path: str) -> None:
    if Document.objects.filter(case=case, kind=kind, state=DocumentState.ACCEPTED).exists():
        return
    try:
        uploads.claim(user=user, path=path, kind=kind, case=case)
    except Absent:  # it was there a moment ago: its time was over
        raise ImageAbsent(document_kind=kind) from None


def _hand_in(case: Case, clean: PersonalData, expires_on: date | None) -> Case:
    again = case.state == CaseState.SENT_BACK
    if not again:
        case.programme = Programme.ONE_STEP
    requirement = REQUIREMENTS[Level.DOCUMENTS, case.programme]
    if missing := applications.missing_kinds(case, requirement, clean.id_type):
        raise DocumentsMissing(kinds=missing)
    if due := sorted(set(case.refused_parts) - _given(clean, expires_on)):
        raise PartsMissing(parts=due)
    case.country, case.refused_parts = clean.nationality, {}
    case.document_expires_on = expires_on or case.document_expires_on
    personal_data.check_expiry(case.document_expires_on)  # what was typed for an earlier round may be over by now
    case.save(update_fields=["programme", "country", "document_expires_on", "refused_parts"])
    cases.move(case, CaseState.RESUBMITTED if again else CaseState.SUBMITTED, actor=case.user)
    hint_work.renew(case)
    return case


def _given(clean: PersonalData, expires_on: date | None) -> set[str]:
    """The parts that come with these data. Address and questionnaire are given elsewhere."""
    optional = {Part.BIRTHDAY: clean.birthday, Part.EXPIRY: expires_on}
    given = (Part.NAME, Part.GENDER, Part.NATIONALITY, Part.ID_NUMBER, *(part for part, value in optional.items() if value))
    return {part.value for part in given}


def _as_personal(details: OneStepData, *, birthday: date | None) -> PersonalData:
    return PersonalData(
        first_name=details.first_name,
        last_name=details.last_name,
        birthday=birthday,
        nationality=details.nationality,
        residence=details.residence,
        id_type=details.id_type,
        id_number=details.id_number,
        gender=details.gender or Gender.UNSPECIFIED,
    )
