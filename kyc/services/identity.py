"""Basic data and phone: level 1, which passes by itself when both are there."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import User as UserRow
from accounts.models.holds import Cause
from accounts.models.logins import LoginAct
from accounts.services import audit, holds, logins
from config.kit import clock
from kyc.errors import AlreadyApproved, IdentityDiffers, NumberReleased, PhoneDiffers, UnderReview
from kyc.models import Case, CaseState, Identity, Level
from kyc.services import cases, contested, entitlements, id_numbers, named_numbers, personal_data, vault
from kyc.services.blind_indexes import Indexes
from kyc.services.named_numbers import Number
from kyc.services.personal_data import ADDRESS_LENGTH_MAX as ADDRESS_LENGTH_MAX  # noqa: PLC0414  # callers name it here
from kyc.services.personal_data import NAME_LENGTH_MAX as NAME_LENGTH_MAX  # noqa: PLC0414  # callers name it here
from kyc.services.personal_data import PersonalData as PersonalData  # noqa: PLC0414  # callers name it here
from kyc.services.refusals import spoken
from messaging.services import codes, notices
from messaging.services.destinations import mask, normalise_phone

if TYPE_CHECKING:
    from accounts.models import User


def submit(*, user: User, details: PersonalData) -> Case:
    """Set the customer's basic data; level 1 is approved at once where the phone is verified already.

    Data may be corrected until then, but not while an officer looks at them.
    Raises NotForSubAccounts, AlreadyApproved, UnderReview, IdentityInvalid, IdNumberInvalid, IdNumberUnfit, IdNumberTaken,
    IdentityDiffers, BirthdayInvalid, TooYoung.
    """
    entitlements.require_own_identity(user)
    clean = personal_data.checked(details)
    with contested.noted(user, number_of(clean)), spoken(), transaction.atomic():
        vault.lock(user)
        if cases.approved(user, Level.BASIC):
            raise AlreadyApproved(level=Level.BASIC)
        require_unseen(user)
        require_proven_name(user, clean)
        case = cases.open_or_new(user, Level.BASIC)
        case.country = clean.nationality
        case.save(update_fields=["country"])
        write(user, clean)
        return _finish(user, case)


def require_unseen(user: User) -> None:
    """Promise that no officer looks at the typed data now. Under `vault.lock`. Raises UnderReview."""
    case = cases.open_case(user, Level.DOCUMENTS)
    if case is not None and case.waiting:
        raise UnderReview(level=Level.DOCUMENTS)


def is_released(user: User) -> bool:
    """Whether an officer has taken the number away, and the data have not come anew. Under `vault.lock`."""
    return Identity.objects.filter(user_id=user.pk, released_at__isnull=False).exists()


def require_held(user: User) -> None:
    """Promise that the typed number is the customer's to show. Under `vault.lock`. Raises NumberReleased."""
    if is_released(user):
        raise NumberReleased


def require_proven_name(user: User, clean: PersonalData) -> None:
    """Promise that who has shown documents keeps the name and nationality on them. Raises IdentityDiffers."""
    former = read(user) if cases.proven(user) else None
    if former is not None and _who(former) != _who(clean):
        raise IdentityDiffers


def _who(data: PersonalData) -> tuple[str, str, str]:
    return data.first_name.casefold(), data.last_name.casefold(), data.nationality


def confirm_phone(*, user: User, phone: str, code: str) -> Case:
    """Take the code sent to the phone, bind the phone to the account, and pass level 1 where the data are there.

    The code is spent even where the phone then turns out to be another customer's. A phone that is new to the account is
    told by email and, unless the account is new too, holds money for 24 h.
    Raises NotForSubAccounts, InvalidPhone, AlreadyApproved, PhoneDiffers, CodeRefused, PhoneTaken.
    """
    entitlements.require_own_identity(user)
    number = normalise_phone(phone)
    if cases.approved(user, Level.BASIC):
        raise AlreadyApproved(level=Level.BASIC)
    if user.phone and user.phone != number:
        raise PhoneDiffers
    codes.verify(purpose=codes.Purpose.KYC_PHONE, channel="sms", destination=number, code=code, user=user)
    with spoken(), transaction.atomic():
        vault.lock(user)
        row = UserRow.objects.select_for_update().get(pk=user.pk)
        if row.phone and row.phone != number:
            raise PhoneDiffers
        if not row.phone:
            _bind(row, number)
        if cases.approved(user, Level.BASIC):
            raise AlreadyApproved(level=Level.BASIC)
        case = cases.open_or_new(user, Level.BASIC)
        case.phone_verified_at = clock.now()
        case.save(update_fields=["phone_verified_at"])
        user.phone = number
        return _finish(user, case)


def _bind(row: User, number: str) -> None:
    row.phone = number
    row.save(update_fields=["phone"])
    masked = mask("sms", number)
    audit.record(
        actor=row,
        actor_kind="customer",
        act="accounts.phone_bound",
        subject=f"accounts.user:{row.uid}",
    )
    logins.note(user=row, act=LoginAct.PHONE_BOUND)
    told = {"phone": masked, "time": f"{clock.now():%Y-%m-%d %H:%M} UTC"}
    notices.notify(user=row, template="phone_bound", facts=told, channels=("email",))
    holds.start_unless_new(user=row, cause=Cause.PHONE)


def read(user: User) -> PersonalData | None:
    """The customer's basic data in the clear, None before they are given. Callers mask or log what they show."""
    row = Identity.objects.filter(user_id=user.pk).first()
    if row is None:
        return None
    facts = vault.unseal_facts(row.user_id, row.sealed, context=row.seal_context)
    return PersonalData(
        nationality=row.nationality,
        residence=row.residence,
        id_type=row.id_type,
        **{**facts, "birthday": date.fromisoformat(facts["birthday"]) if facts["birthday"] else None},
    )


def number_of(clean: PersonalData) -> Number:
    """These checked data's document number, with the country that issued it."""
    issuer = id_numbers.issuer(clean.id_type, nationality=clean.nationality, residence=clean.residence)
    return Number(issuer, clean.id_number)


def indexes_of(row: Identity, number: str) -> Indexes:
    """The blind indexes that the number would have as that of the row's document. Raises IdNumberInvalid."""
    issuer = id_numbers.issuer(row.id_type, nationality=row.nationality, residence=row.residence)
    return Number(issuer, id_numbers.spelled(number, id_type=row.id_type, issuer=issuer)).indexes


def _finish(user: User, case: Case) -> Case:
    if case.phone_verified_at is None or not _is_complete(user):
        return case
    cases.move(case, CaseState.SUBMITTED, actor=user)
    cases.move(case, CaseState.APPROVED, actor=None, reason="phone_and_data")
    logins.note(user=user, act=LoginAct.IDENTITY_VERIFIED)
    notices.notify(user=user, template="kyc_approved", facts={"level": str(Level.BASIC.value)})
    return case


def _is_complete(user: User) -> bool:
    """Whether level 1 may rest on the data: no officer has taken the number away, and the age is known."""
    data = None if is_released(user) else read(user)
    return data is not None and data.birthday is not None and bool(data.residence)


def write(user: User, clean: PersonalData) -> None:
    """Keep checked data. Under `vault.lock`; the database refuses another customer's number."""
    number, facts = number_of(clean), asdict(clean)
    open_facts = {name: facts.pop(name) for name in ("nationality", "residence", "id_type")}
    facts["birthday"] = clean.birthday.isoformat() if clean.birthday else None
    Identity.objects.update_or_create(
        user_id=user.pk,
        defaults={
            **open_facts,
            "sealed": vault.seal_facts(user.pk, facts, context=Identity(pk=user.pk).seal_context),
            **number.indexes.columns,
            "released_at": None,
            "updated_at": clock.now(),
        },
    )
    named_numbers.note(user, number)
