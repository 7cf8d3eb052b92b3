"""Which part of the typed data each field belongs to, which parts hang together, and what may change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from kyc.errors import PartSettled
from kyc.models import Gender, IdType, Part
from kyc.services import id_numbers
from kyc.services.personal_data import PersonalData

RESIDENCE, BIRTHDAY = "residence", "birthday"
FIELDS: Mapping[str, Part] = MappingProxyType(
    {
        "first_name": Part.NAME,
        "last_name": Part.NAME,
        BIRTHDAY: Part.BIRTHDAY,
        "gender": Part.GENDER,
        "nationality": Part.NATIONALITY,
        RESIDENCE: Part.ID_NUMBER,
        "id_type": Part.ID_NUMBER,
        "id_number": Part.ID_NUMBER,
        "address": Part.ADDRESS,
        "document_expires_on": Part.EXPIRY,
    }
)
"""Field → the part to which it belongs. The questionnaire comes with the application."""
UNTOLD = (None, "", Gender.UNSPECIFIED.value)
"""What stands where the customer told nothing."""


def with_bound(asked: Mapping[str, str], person: PersonalData | None) -> dict[str, str]:
    """The parts with those that can't be right without them, each with its reason.

    The number follows its issuer's rule, which for all but permits is the nationality's; where a number tells the birthday,
    another birthday is another number.
    """
    whole = dict(asked)
    if person is None:
        return whole
    by_nationality = Part.NATIONALITY in asked and person.id_type != IdType.RESIDENCE_PERMIT
    by_birthday = Part.BIRTHDAY in asked and _tells_birthday(person)
    if by_nationality or by_birthday:
        leader = Part.NATIONALITY if by_nationality else Part.BIRTHDAY
        whole.setdefault(Part.ID_NUMBER.value, asked[leader])
    return whole


def unasked(names: Collection[str], opened: Collection[str], then: PersonalData) -> list[str]:
    """The parts of these fields that are settled; `then` are the data as they would be.

    Residence comes with the number of a permit, which was issued there, and birthday with a number that tells it.
    """
    return sorted({_word(name) for name in names if not _is_open(name, opened, then)})


def settled_by(standing: PersonalData, typed: PersonalData, *, opened: Collection[str]) -> PersonalData:
    """The standing data with what is new in the typed ones: blanks filled, and the parts in `opened` anew.

    A blank says nothing, and neither does a name in other capitals. Raises PartSettled where anything else differs.
    """
    kept: dict[str, Any] = {}
    settled: set[str] = set()
    for name, former in vars(standing).items():
        given = getattr(typed, name)
        kept[name] = former
        if _is_open(name, opened, typed) or former in UNTOLD:
            kept[name] = given if given not in UNTOLD or FIELDS[name] == Part.GENDER else former
        elif given not in UNTOLD and not _same(former, given):
            settled.add(_word(name))
    if settled:
        raise PartSettled(parts=sorted(settled))
    return PersonalData(**kept)


def _is_open(name: str, opened: Collection[str], then: PersonalData) -> bool:
    if name == RESIDENCE and then.id_type != IdType.RESIDENCE_PERMIT:
        return False
    if name == BIRTHDAY and Part.ID_NUMBER in opened and _tells_birthday(then):
        return True
    return FIELDS[name] in opened


def _tells_birthday(person: PersonalData) -> bool:
    issuer = id_numbers.issuer(person.id_type, nationality=person.nationality, residence=person.residence)
    return id_numbers.birthday_in(person.id_number, id_type=person.id_type, country=issuer) is not None


def _word(name: str) -> str:
    return RESIDENCE if name == RESIDENCE else FIELDS[name].value


def _same(former: object, given: object) -> bool:
    return str(former).casefold() == str(given).casefold()
