"""Personal data as they are typed, and what they must be like."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pycountry

from config.kit import clock
from kyc.errors import BirthdayInvalid, DocumentExpired, ExpiryInvalid, IdentityInvalid, TooYoung
from kyc.models import Gender, IdType
from kyc.services import id_numbers

AGE_YEARS_MIN = 18
AGE_YEARS_MAX = 120
EXPIRY_YEARS_MAX = 50
NAME_LENGTH_MAX = 100
ADDRESS_LENGTH_MAX = 300
LATEST_ZONE = timedelta(hours=12)
"""A day begins last 12 hours behind UTC: there somebody is of age only when everybody born that day is, wherever born."""
_NAME_MARKS = frozenset(" -.'’·・,")


@dataclass(frozen=True)
class PersonalData:
    """Who the customer says to be. Never logged: `repr` shows nothing of it.

    Birthday and residence are unknown (None, "") only where one-step verification did not ask them.
    """

    first_name: str
    last_name: str
    birthday: date | None
    nationality: str
    residence: str
    id_type: str
    id_number: str
    gender: str = Gender.UNSPECIFIED
    address: str = ""

    def __repr__(self) -> str:
        return "PersonalData(…)"

    @property
    def full_name(self) -> str:
        """First name, last name."""
        return f"{self.first_name} {self.last_name}".strip()

    def age(self, today: date) -> int | None:
        """Whole years; None for an unknown birthday. Who was born on 29 February grows older on 1 March of other years."""
        return None if self.birthday is None else years_between(self.birthday, today)


def years_between(birthday: date, today: date) -> int:
    """Whole years."""
    had_birthday = (today.month, today.day) >= (birthday.month, birthday.day)
    return today.year - birthday.year - (0 if had_birthday else 1)


def check_birthday(birthday: date) -> None:
    """Promise that somebody born then is of age and may live. Raises BirthdayInvalid, TooYoung."""
    now = clock.now()
    if birthday >= now.date() or years_between(birthday, now.date()) > AGE_YEARS_MAX:
        raise BirthdayInvalid(age_max=AGE_YEARS_MAX)
    if years_between(birthday, (now - LATEST_ZONE).date()) < AGE_YEARS_MIN:
        raise TooYoung(age_min=AGE_YEARS_MIN)


def check_expiry(expires_on: date | None) -> None:
    """Promise that a document good until this day is good now. Raises DocumentExpired, ExpiryInvalid."""
    today = clock.now().date()
    if expires_on is None:
        return
    if expires_on < today:
        raise DocumentExpired
    if years_between(today, expires_on) >= EXPIRY_YEARS_MAX:
        raise ExpiryInvalid(years_max=EXPIRY_YEARS_MAX)


def checked(details: PersonalData) -> PersonalData:
    """The data, all of them, in their one spelling.

    Raises IdentityInvalid, IdNumberInvalid, IdNumberUnfit, BirthdayInvalid, TooYoung.
    """
    if details.birthday is None:
        raise IdentityInvalid(name="birthday", reason="A birthday is due.")
    return partly_checked(replace(details, residence=_country(details.residence, "residence")))


def partly_checked(details: PersonalData) -> PersonalData:
    """Like `checked`, where birthday and residence may be unknown; a birthday that the number tells is taken from it."""
    if details.birthday is not None:
        check_birthday(details.birthday)
    if details.id_type not in IdType.values:
        raise IdentityInvalid(name="id_type", reason="Not a kind of document that we take.")
    if details.gender not in Gender.values:
        raise IdentityInvalid(name="gender", reason="Not a known word.")
    nationality = _country(details.nationality, "nationality")
    residence = _country(details.residence, "residence") if details.residence else ""
    issuer = id_numbers.issuer(details.id_type, nationality=nationality, residence=residence)
    if not issuer:
        raise IdentityInvalid(name="residence", reason="The country that issued the permit is due.")
    number = id_numbers.checked(details.id_number, id_type=details.id_type, issuer=issuer)
    return PersonalData(
        first_name=_name(details.first_name, "first_name"),
        last_name=_name(details.last_name, "last_name"),
        birthday=_birthday(details.birthday, number, details.id_type, issuer),
        nationality=nationality,
        residence=residence,
        id_type=details.id_type,
        id_number=number,
        gender=details.gender,
        address=" ".join(details.address.split())[:ADDRESS_LENGTH_MAX],
    )


def _birthday(typed: date | None, number: str, id_type: str, issuer: str) -> date | None:
    told = id_numbers.birthday_in(number, id_type=id_type, country=issuer)
    if told is None:
        return typed
    if typed is not None and typed != told:
        raise IdentityInvalid(name="birthday", reason="The document number tells another birthday.")
    check_birthday(told)
    return told


def _name(text: str, field: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", text).split())
    good = all(character in _NAME_MARKS or unicodedata.category(character)[0] in "LM" for character in name)
    if not good or not any(character.isalpha() for character in name) or len(name) > NAME_LENGTH_MAX:
        raise IdentityInvalid(name=field, reason="Letters, spaces, hyphens, full stops and apostrophes are due.")
    return name


def _country(code: str, field: str) -> str:
    if len(code) != 2 or not code.isascii() or pycountry.countries.get(alpha_2=code.upper()) is None:
        raise IdentityInvalid(name=field, reason="The ISO 3166-1 alpha-2 code of a country is due.")
    return code.upper()
