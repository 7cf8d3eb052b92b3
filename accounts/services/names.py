"""Log-in names: which user a submitted text may mean, and the one form under which it is counted."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from accounts.errors import PhoneCountryClosed, PhoneTaken, UsernameInvalid
from accounts.models import Country, User
from accounts.models.users import UID_MAX, UID_MIN
from accounts.services import strictness
from messaging.errors import InvalidEmail, InvalidPhone
from messaging.services.destinations import normalise_email, normalise_phone

NAME_LENGTH_MAX = 254
PHONE_DIGITS_MAX = 15
"""Digits of a phone with its country. Source: ITU-T E.164, 6.2.1."""
USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{2,31}", re.ASCII)


@dataclass(frozen=True)
class LoginName:
    """A submitted name: the form that is counted, and how its user is found (None where it can be nobody's)."""

    counted: str
    query: Q | None


def read(text: str) -> LoginName:
    """What the text means: an email, a phone with its `+`, a uid, or a user name.

    Case, Unicode forms, spaces and separators do not make another name: one name has one counter, however written.
    """
    plain = unicodedata.normalize("NFKC", text[:NAME_LENGTH_MAX]).strip()
    if "@" in plain:
        return _email(plain)
    if plain.startswith("+"):
        return _phone(plain)
    if plain.isascii() and plain.isdigit():
        uid = int(plain) if len(plain) == len(str(UID_MAX)) else 0
        return LoginName(f"uid:{plain}", Q(uid=uid) if UID_MIN <= uid <= UID_MAX else None)
    folded = plain.casefold()
    known = Q(Exact(Lower("username"), folded)) if USERNAME.fullmatch(plain) else None
    return LoginName(f"username:{folded}", known)


def read_contact(text: str) -> LoginName:
    """What the text means where names are emails and phones only: `86.186…`, `+86186…`, or a number without its country.

    A bare number has one counter, whether an account has it or not; it names an account where the phone of one alone
    ends in it behind its country's code, and must be qualified where it could be two.
    Source: gaps.md, bhex, "Login".
    """
    plain = unicodedata.normalize("NFKC", text[:NAME_LENGTH_MAX]).strip()
    area, dot, number = plain.partition(".")
    if "@" in plain or plain.startswith("+"):
        return read(plain)
    if dot and area.isascii() and area.isdigit() and number.isascii() and number.isdigit():
        return read(f"+{area}{number}")
    digits = plain.replace(" ", "").replace("-", "")
    if digits.isascii() and digits.isdigit():
        return LoginName(f"bare:{digits}", _bare_phone(digits))
    return LoginName(f"text:{plain.casefold()}", None)


def _bare_phone(digits: str) -> Q | None:
    """The phones of all countries that the number could be, found by their index; None where two accounts fit.

    It may be written with its country too: the `+` of a form that was not escaped is a space, and is trimmed.
    """
    national = digits.lstrip("0")
    areas = Country.objects.exclude(phone_area="").values_list("phone_area", flat=True).distinct()
    fitting = {f"+{area}{national}" for area in areas if 7 <= len(area) + len(national) <= PHONE_DIGITS_MAX} | {f"+{digits}"}
    found = list(User.objects.filter(phone__in=fitting).values_list("phone", flat=True)[:2])
    return Q(phone=found[0]) if len(found) == 1 else None


def _email(plain: str) -> LoginName:
    try:
        email = normalise_email(plain)
    except InvalidEmail:
        return LoginName(f"text:{plain.casefold()}", None)
    return LoginName(f"email:{email}", Q(email=email))


def _phone(plain: str) -> LoginName:
    try:
        phone = normalise_phone(plain)
    except InvalidPhone:
        return LoginName(f"text:{plain.casefold()}", None)
    return LoginName(f"phone:{phone}", Q(phone=phone))


def check_username(text: str) -> str:
    """The user name as it will be kept. Latin letters only, so that no two names look alike. Raises UsernameInvalid."""
    if not USERNAME.fullmatch(text):
        raise UsernameInvalid
    return text


def check_phone_country(phone: str) -> None:
    """Promise that phones of this number's country may open accounts. Raises PhoneCountryClosed."""
    region = phonenumbers.region_code_for_number(phonenumbers.parse(phone)) or ""
    if not Country.objects.filter(alpha2=region, can_register=True).exists():
        raise PhoneCountryClosed(country=region)


def check_phone_free(phone: str, *, ip: str) -> None:
    """Promise that the text is a phone; that nobody has it is told only where STRICT_CODES is on.

    Raises InvalidPhone, PhoneTaken.
    """
    number = normalise_phone(phone)
    if User.objects.filter(phone=number).exists() and strictness.may_tell(ip):
        raise PhoneTaken
