"""Numbers by country, and ages by the calendar."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from kyc.errors import IdNumberInvalid, IdNumberUnfit, TooYoung
from kyc.services import id_numbers, personal_data
from tests import factories_kyc as make

GOOD = [
    ("national_id", "TW", "A123456789"),
    ("national_id", "TW", "a 123-456-789"),
    ("national_id", "CN", "11010519491231002X"),
    ("national_id", "KR", "971013-9019902"),
    ("national_id", "TH", "1-2345-45678-78-1"),
    ("national_id", "TR", "17291716060"),
    ("national_id", "ES", "54362315-K"),
    ("national_id", "ZA", "7503305044089"),
    ("national_id", "CU", "91021527775"),
    ("national_id", "DO", "224-0002211-1"),
    ("national_id", "MU", "j2906201234566"),
    ("national_id", "NL", "EM0000000"),
    ("national_id", "JP", "anything4"),
    ("residence_permit", "TW", "A800000014"),
    ("residence_permit", "TW", "AC01234567"),
    ("residence_permit", "ES", "x-2482300w"),
    ("passport", "TW", "312345678"),
    ("passport", "CN", "E12345678"),
    ("driving_licence", "CN", "110105194912310021"),
]
BAD = [
    ("national_id", "TW", "A123456788"),
    ("national_id", "TW", "A323456789"),
    ("national_id", "TW", "A12345678"),
    ("national_id", "CN", "110105194912310021"),
    ("national_id", "CN", "110105199902300026"),
    ("national_id", "KR", "971013-9019903"),
    ("national_id", "TH", "1234545678782"),
    ("national_id", "ES", "54362315A"),
    ("national_id", "CU", "91023027775"),
    ("national_id", "DO", "22400022110"),
    ("national_id", "MU", "J2906201234567"),
    ("national_id", "NL", "EM000000O"),
    ("residence_permit", "TW", "A123456789"),
    ("residence_permit", "TW", "A800000015"),
    ("residence_permit", "TW", "AC01234568"),
    ("passport", "TW", "A1234567890"),
    ("passport", "TW", "ABCDEF"),
    ("passport", "TW", "1234"),
]


@pytest.mark.parametrize(("id_type", "country", "number"), GOOD)
def test_a_number_of_the_country_is_taken(id_type: str, country: str, number: str) -> None:
    clean = id_numbers.checked(number, id_type=id_type, issuer=country)
    assert clean.isalnum()
    assert clean == clean.upper()


@pytest.mark.parametrize(("id_type", "country", "number"), BAD)
def test_a_number_that_breaks_the_countrys_rule_is_refused(id_type: str, country: str, number: str) -> None:
    with pytest.raises(IdNumberUnfit) as refusal:
        id_numbers.checked(number, id_type=id_type, issuer=country)
    assert refusal.value.facts["country"] == country
    assert number not in refusal.value.detail


@pytest.mark.parametrize("number", ["", "12", "A" * 33, "A12345678ß", "１２\x00３４", "../../etc"])
def test_what_is_no_number_anywhere_is_refused(number: str) -> None:
    with pytest.raises(IdNumberInvalid):
        id_numbers.checked(number, id_type="national_id", issuer="JP")


@pytest.mark.parametrize(
    ("moment", "birthday", "is_of_age"),
    [
        ("2026-02-28T13:00:00Z", date(2008, 2, 29), False),
        ("2026-03-01T11:00:00Z", date(2008, 2, 29), False),  # it is still February where the day begins last
        ("2026-03-01T12:00:00Z", date(2008, 2, 29), True),
        ("2028-02-29T12:00:00Z", date(2010, 2, 28), True),
        ("2028-02-29T11:59:00Z", date(2010, 3, 1), False),
        ("2026-11-25T11:59:00Z", date(2008, 11, 25), False),
        ("2026-11-25T12:00:00Z", date(2008, 11, 25), True),
    ],
)
def test_somebody_is_of_age_when_it_is_so_everywhere(moment: str, birthday: date, is_of_age: bool) -> None:
    with time_machine.travel(moment, tick=False):
        details = make.personal_data(birthday=birthday)
        if is_of_age:
            assert personal_data.checked(details).birthday == birthday
        else:
            with pytest.raises(TooYoung):
                personal_data.checked(details)
