"""Giving anew the parts of the typed data that an officer sent back, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.services import audit
from kyc.errors import NothingToCorrect, PartSettled
from kyc.models import Case, CaseState, Level, Part
from kyc.services import cases, contested, entitlements, identity, parts, personal_data, vault
from kyc.services.refusals import spoken

if TYPE_CHECKING:
    from accounts.models import User
    from kyc.services.personal_data import PersonalData


def correct(*, user: User, changes: Mapping[str, Any]) -> Case:
    """Give refused parts of the open case's data anew; `changes` are some of `parts.FIELDS`.

    `applications.apply` then hands the case in again.
    Raises NotForSubAccounts, NothingToCorrect, PartSettled, IdentityInvalid, IdNumberInvalid, IdNumberUnfit,
    IdNumberTaken, NumberReleased, IdentityDiffers, BirthdayInvalid, TooYoung, DocumentExpired, ExpiryInvalid.
    """
    entitlements.require_own_identity(user)
    expires_on: date | None = changes.get("document_expires_on")
    personal_data.check_expiry(expires_on)
    typed = {name: value for name, value in changes.items() if name in parts.FIELDS and name != "document_expires_on"}
    before = identity.read(user)
    if before is None or not (typed or expires_on):
        raise NothingToCorrect
    clean = personal_data.partly_checked(replace(before, **typed))
    with contested.noted(user, identity.number_of(clean)), spoken(), transaction.atomic():
        vault.lock(user)
        case = cases.open_case(user, Level.DOCUMENTS)
        if case is None or case.state != CaseState.SENT_BACK:
            raise NothingToCorrect
        return _take(user, case, typed, expires_on)


def _take(user: User, case: Case, typed: Mapping[str, Any], expires_on: date | None) -> Case:
    now: PersonalData | None = identity.read(user)
    assert now is not None, "it was there before the lock, and is never deleted"
    clean = personal_data.partly_checked(replace(now, **typed))
    names = [*typed, *(["document_expires_on"] if expires_on else [])]
    if settled := parts.unasked(names, _open_parts(user, case, now), clean):
        raise PartSettled(parts=settled)
    if typed:
        if "id_number" not in typed:  # whatever is written claims the number with it
            identity.require_held(user)
        identity.require_proven_name(user, clean)
        identity.write(user, clean)
        case.country = clean.nationality
    if expires_on:
        case.document_expires_on = expires_on
    given = {parts.FIELDS[name].value for name in names}
    case.refused_parts = {part: why for part, why in case.refused_parts.items() if part not in given}
    case.save(update_fields=["country", "document_expires_on", "refused_parts"])
    audit.record(
        actor=user,
        actor_kind="customer",
        act="kyc.data_corrected",
        subject=f"kyc.case:{case.public_id}",
        facts={"parts": ", ".join(sorted(given))},
    )
    return case


def _open_parts(user: User, case: Case, person: PersonalData) -> set[str]:
    """What may be given anew; a number that was taken away may be as well."""
    released = [Part.ID_NUMBER.value] if identity.is_released(user) else []
    return {*parts.with_bound(case.refused_parts, person), *released}
