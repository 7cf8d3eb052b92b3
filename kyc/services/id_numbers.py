"""Numbers of identity documents: one spelling, and the country's own rule where a maintained library knows it.

National rules are python-stdnum's, for the countries on whose card this number is *the* number, and whose people show no
other (docs/identity-checks.md). Taiwan's is ours: no library has it. A passport has the shape that ICAO Doc 9303 gives its
number in the machine-readable zone. A country without a rule here takes any letters and digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

import stdnum.cl.rut
import stdnum.cn.ric
import stdnum.cu.ni
import stdnum.do.cedula
import stdnum.ec.ci
import stdnum.es.dni
import stdnum.es.nie
import stdnum.exceptions
import stdnum.id.nik
import stdnum.il.idnr
import stdnum.kr.rrn
import stdnum.mu.nid
import stdnum.my.nric
import stdnum.nl.identiteitskaartnummer
import stdnum.pk.cnic
import stdnum.th.pin
import stdnum.tr.tckimlik
import stdnum.za.idnr

from kyc.errors import IdNumberInvalid, IdNumberUnfit
from kyc.models import IdType

LENGTH_MIN, LENGTH_MAX = 4, 32
_SEPARATORS = re.compile(r"[\s./\-\u2010-\u2015]+")
_NUMBER = re.compile(rf"[A-Za-z0-9]{{{LENGTH_MIN},{LENGTH_MAX}}}", re.ASCII)
_PASSPORT = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,9}", re.ASCII)
"""ICAO Doc 9303, part 4: nine places; issuers fill five of them at least."""
_TAIWAN = re.compile(r"[A-Z][12][0-9]{8}", re.ASCII)
_TAIWAN_RESIDENT = re.compile(r"[A-Z][89A-D][0-9]{8}", re.ASCII)
"""Since 2021 a letter and 8 or 9; before, two letters: those cards are still about."""
_TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
"""In the order of their values from 10 on: counties got theirs as they came."""
_CHILE = re.compile(r"(?:CL)?0*([0-9]+[0-9K])", re.ASCII)


def taiwan_checks(number: str) -> bool:
    """Whether the check digit of a Taiwanese number (national or resident's) is right."""
    county = _TAIWAN_LETTERS.index(number[0]) + 10
    second = number[1] if number[1].isdigit() else str((_TAIWAN_LETTERS.index(number[1]) + 10) % 10)
    digits = [county // 10, county % 10, int(second), *(int(digit) for digit in number[2:])]
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 10 == 0


def _taiwan(number: str) -> bool:
    return _TAIWAN.fullmatch(number) is not None and taiwan_checks(number)


def _taiwan_resident(number: str) -> bool:
    return _TAIWAN_RESIDENT.fullmatch(number) is not None and taiwan_checks(number)


RULES: Mapping[tuple[str, str], Callable[[str], bool]] = MappingProxyType(
    {
        (IdType.NATIONAL_ID, "CL"): stdnum.cl.rut.is_valid,
        (IdType.NATIONAL_ID, "CN"): stdnum.cn.ric.is_valid,
        (IdType.NATIONAL_ID, "CU"): stdnum.cu.ni.is_valid,
        (IdType.NATIONAL_ID, "DO"): stdnum.do.cedula.is_valid,
        (IdType.NATIONAL_ID, "EC"): stdnum.ec.ci.is_valid,
        (IdType.NATIONAL_ID, "ES"): stdnum.es.dni.is_valid,
        (IdType.NATIONAL_ID, "ID"): stdnum.id.nik.is_valid,
        (IdType.NATIONAL_ID, "IL"): stdnum.il.idnr.is_valid,
        (IdType.NATIONAL_ID, "KR"): stdnum.kr.rrn.is_valid,
        (IdType.NATIONAL_ID, "MU"): stdnum.mu.nid.is_valid,
        (IdType.NATIONAL_ID, "MY"): stdnum.my.nric.is_valid,
        (IdType.NATIONAL_ID, "NL"): stdnum.nl.identiteitskaartnummer.is_valid,
        (IdType.NATIONAL_ID, "PK"): stdnum.pk.cnic.is_valid,
        (IdType.NATIONAL_ID, "TH"): stdnum.th.pin.is_valid,
        (IdType.NATIONAL_ID, "TR"): stdnum.tr.tckimlik.is_valid,
        (IdType.NATIONAL_ID, "TW"): _taiwan,
        (IdType.NATIONAL_ID, "ZA"): stdnum.za.idnr.is_valid,
        (IdType.RESIDENCE_PERMIT, "ES"): stdnum.es.nie.is_valid,
        (IdType.RESIDENCE_PERMIT, "TW"): _taiwan_resident,
    }
)
"""(Kind, issuing country) → whether a number may be one."""


def _chilean(number: str) -> str:
    """Without the country's letters and the zeros before; eight places at least."""
    found = _CHILE.fullmatch(number)
    return found[1].zfill(8) if found else number


def _israeli(number: str) -> str:
    """Cards show nine digits, people leave the zeros before them away."""
    return number.zfill(9)


SPELLINGS: Mapping[tuple[str, str], Callable[[str], str]] = MappingProxyType(
    {
        (IdType.NATIONAL_ID, "CL"): _chilean,
        (IdType.NATIONAL_ID, "IL"): _israeli,
    }
)
"""(Kind, issuing country) → the one spelling, where the rule takes several for one number."""


def plain(text: str) -> str:
    """Capitals and digits alone. Raises IdNumberInvalid."""
    number = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    if not _NUMBER.fullmatch(number):
        raise IdNumberInvalid(length_min=LENGTH_MIN, length_max=LENGTH_MAX)
    return number.upper()


def spelled(text: str, *, id_type: str, issuer: str) -> str:
    """The number in its one spelling, good or not. Raises IdNumberInvalid."""
    number, spelling = plain(text), SPELLINGS.get((id_type, issuer))
    return spelling(number) if spelling is not None else number


def checked(text: str, *, id_type: str, issuer: str) -> str:
    """The number in its one spelling, good by its issuer's rule. Raises IdNumberInvalid, IdNumberUnfit."""
    number = spelled(text, id_type=id_type, issuer=issuer)
    rule = RULES.get((id_type, issuer))
    fits = _PASSPORT.fullmatch(number) is not None if id_type == IdType.PASSPORT else rule is None or rule(number)
    if not fits:
        raise IdNumberUnfit(document=IdType(id_type).label, country=issuer)
    return number


def issuer(id_type: str, *, nationality: str, residence: str) -> str:
    """The country that issued the document: a permit comes from where one lives."""
    return residence if id_type == IdType.RESIDENCE_PERMIT else nationality


def birthday_in(number: str, *, id_type: str, country: str) -> date | None:
    """The birthday that a number tells, None where it tells none."""
    if (id_type, country) != (IdType.NATIONAL_ID, "CN"):
        return None
    born: date = stdnum.cn.ric.get_birth_date(number)
    return born
