"""Which part of the typed data each field belongs to, and what may change of data that a standing level rests on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from kyc.errors import PartSettled
from kyc.models import Gender, Part
from kyc.services.personal_data import PersonalData

FIELDS: Mapping[str, Part] = MappingProxyType(
    {
        "first_name": Part.NAME,
        "last_name": Part.NAME,
        "birthday": Part.BIRTHDAY,
        "gender": Part.GENDER,
        "nationality": Part.NATIONALITY,
        "id_type": Part.ID_NUMBER,
        "id_number": Part.ID_NUMBER,
        "address": Part.ADDRESS,
        "document_expires_on": Part.EXPIRY,
    }
)
"""Field → the part to which it belongs. The questionnaire comes with the application."""
UNTOLD = (None, "", Gender.UNSPECIFIED.value)
"""What stands where the customer told nothing."""


def settled_by(standing: PersonalData, typed: PersonalData, *, opened: Collection[str]) -> PersonalData:
    """The standing data with what is new in the typed ones: blanks filled, and the parts in `opened` anew.

    A blank says nothing, and neither does a name in other capitals. Raises PartSettled where anything else differs.
    """
    kept: dict[str, Any] = {}
    settled: set[str] = set()
    for name, former in vars(standing).items():
        given, part = getattr(typed, name), FIELDS[name].value if name in FIELDS else name
        kept[name] = former
        if part in opened or former in UNTOLD:
            kept[name] = given if given not in UNTOLD or part == Part.GENDER else former
        elif given not in UNTOLD and not _same(former, given):
            settled.add(part)
    if settled:
        raise PartSettled(parts=sorted(settled))
    return PersonalData(**kept)


def _same(former: object, given: object) -> bool:
    return str(former).casefold() == str(given).casefold()
