"""What officers read from documents, and which parts of the typed data they find wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from kyc.errors import BirthdayMissing, IdentityInvalid, PartSettled, PartUnknown
from kyc.models import Case, Level, Part
from kyc.services import cases, identity, parts, personal_data

STANDING = frozenset({Part.EXPIRY.value, Part.QUESTIONNAIRE.value})
"""Parts that belong to a case, and on which no approved level of an earlier one stands."""

PROVEN = frozenset({Part.NAME.value, Part.NATIONALITY.value})
"""Parts that stay as approved documents have shown them: see `identity.require_proven_name`."""


@dataclass(frozen=True)
class Reading:
    """What stands on the document: the birthday where the customer typed none, and the last day on which it is good."""

    birthday: date | None = None
    expires_on: date | None = None

    def __repr__(self) -> str:
        return "Reading(…)"


NOTHING_READ = Reading()


def keep(case: Case, read: Reading) -> None:
    """Write what was read, and promise that age and document are good. In the decision's transaction.

    Raises NumberReleased, BirthdayMissing, BirthdayInvalid, TooYoung, IdentityInvalid (another birthday was typed),
    DocumentExpired, ExpiryInvalid.
    """
    if case.level != Level.DOCUMENTS:
        return
    identity.require_held(case.user)
    person = identity.read(case.user)
    if person is not None and person.birthday is None:
        if read.birthday is None:
            raise BirthdayMissing
        personal_data.check_birthday(read.birthday)
        identity.write(case.user, replace(person, birthday=read.birthday))
    elif person is not None and read.birthday not in (None, person.birthday):
        raise IdentityInvalid(name="birthday", reason="The customer typed another one: send the birthday back.")
    expires_on = read.expires_on or case.document_expires_on
    personal_data.check_expiry(expires_on)
    case.document_expires_on = expires_on
    case.save(update_fields=["document_expires_on"])


def refuse(case: Case, asked: Mapping[str, str]) -> dict[str, str]:
    """Note the parts as due with their reasons, and with those that hang on them; answers all. In the decision's transaction.

    Raises PartUnknown, PartSettled: a level stands on it, or documents have proven it and nobody could give another.
    """
    answered = case.questionnaire_sealed is not None
    known = set(Part.values) if answered else set(Part.values) - {Part.QUESTIONNAIRE}
    if asked and (case.level != Level.DOCUMENTS or not set(asked) <= known):
        raise PartUnknown
    if settled := sorted(set(asked) & _settled(case)):
        raise PartSettled(parts=settled)
    due = parts.with_bound(asked, identity.read(case.user) if asked else None)
    case.refused_parts = due
    case.save(update_fields=["refused_parts"])
    return due


def _settled(case: Case) -> frozenset[str]:
    if cases.approved(case.user, Level.DOCUMENTS):
        return frozenset(Part.values) - STANDING
    return PROVEN if cases.proven(case.user) else frozenset()
