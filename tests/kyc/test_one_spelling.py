"""One document number has one spelling, however it is typed, and so one customer."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import AuditRecord, User
from kyc import errors
from kyc.models import Identity
from kyc.services import id_numbers, identity, respelling
from kyc.services.recovery import number_fits
from tests import factories_kyc as make

KNOWN = {
    ("national_id", "CL"): "12531909-2",
    ("national_id", "CN"): "11010519491231002X",
    ("national_id", "CU"): "91021527775",
    ("national_id", "DO"): "22400022111",
    ("national_id", "EC"): "1714307103",
    ("national_id", "ES"): "54362315K",
    ("national_id", "ID"): "3171011708450001",
    ("national_id", "IL"): "39337423",
    ("national_id", "KR"): "9710139019902",
    ("national_id", "MU"): "J2906201234566",
    ("national_id", "MY"): "770305021234",
    ("national_id", "NL"): "EM0000000",
    ("national_id", "PK"): "3420108912318",
    ("national_id", "TH"): "1234545678781",
    ("national_id", "TR"): "17291716060",
    ("national_id", "TW"): "A123456789",
    ("national_id", "ZA"): "7503305044089",
    ("residence_permit", "ES"): "X2482300W",
    ("residence_permit", "TW"): "A800000014",
}
TWICE = [
    ("IL", "39337423", "039337423"),
    ("IL", "0000018", "000000018"),
    ("CL", "12.531.909-2", "CL125319092"),
    ("CL", "1.234.567-4", "01234567-4"),
    ("CL", "1234567-4", "cl 01234567-4"),
    ("CL", "0.123.456-0", "CL00123456-0"),
]


@pytest.mark.parametrize(("id_type", "country"), id_numbers.RULES)
def test_whatever_a_rule_takes_for_one_number_has_one_spelling(id_type: str, country: str) -> None:
    number = KNOWN[id_type, country]
    clean = id_numbers.checked(number, id_type=id_type, issuer=country)
    assert id_numbers.checked(clean, id_type=id_type, issuer=country) == clean
    taken = 0
    for start in ("", "0", "00", country, f"{country}0", f"{country}{country}"):
        for bare in (number, number.lstrip("0"), number.lower(), " ".join(number), f"-{number}-"):
            try:
                found = id_numbers.checked(start + bare, id_type=id_type, issuer=country)
            except (errors.IdNumberUnfit, errors.IdNumberInvalid):
                continue
            taken += 1
            assert found == clean, start + bare
    assert taken >= 5  # at least as it is printed, in small letters, and with spaces


@pytest.mark.parametrize(("country", "one", "other"), TWICE)
def test_two_spellings_of_one_number_are_one(country: str, one: str, other: str) -> None:
    first, second = (id_numbers.checked(typed, id_type="national_id", issuer=country) for typed in (one, other))
    assert first == second


@pytest.mark.parametrize("number", ["CLCL125319092", "0CL125319092", "CL", "12531909K"])
def test_no_other_spelling_gets_through(number: str) -> None:
    with pytest.raises((errors.IdNumberUnfit, errors.IdNumberInvalid)):
        id_numbers.checked(number, id_type="national_id", issuer="CL")


@pytest.mark.django_db
@pytest.mark.parametrize(("country", "one", "other"), [TWICE[0], TWICE[2], TWICE[3]])
def test_two_spellings_make_no_two_customers(country: str, one: str, other: str) -> None:
    make.level_one(nationality=country, id_number=one)
    with pytest.raises(errors.IdNumberTaken):
        identity.submit(user=make.customer(), details=make.personal_data(nationality=country, id_number=other))


@pytest.mark.django_db
def test_any_spelling_proves_a_recovery() -> None:
    user = make.level_two(make.level_one(nationality="IL", id_number="039337423"))
    assert number_fits(user, "39337423")
    assert number_fits(user, "0-3933742-3")
    assert not number_fits(user, "39337424")


def typed_before(country: str, number: str) -> User:
    """A customer whose number was kept as it was typed."""
    user = make.level_one(nationality=country, id_number=make.id_number() if country == "TW" else KNOWN["national_id", country])
    data = identity.read(user)
    assert data is not None
    identity.write(user, replace(data, id_number=number))
    return user


def run() -> tuple[int, str]:
    """The command: its exit code and what it says."""
    out = StringIO()
    try:
        call_command("respell_id_numbers", stdout=out, stderr=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def number_of(user: Any) -> str:
    """The number that is kept."""
    data = identity.read(user)
    assert data is not None
    return data.id_number


@pytest.mark.django_db
def test_numbers_kept_as_they_were_typed_get_their_one_spelling() -> None:
    israeli, taiwanese = typed_before("IL", "39337423"), typed_before("TW", "A123456789")
    before = Identity.objects.get(user=taiwanese).updated_at
    assert run() == (0, "1 of 1 numbers written anew, 0 held by two customers\n")
    assert (number_of(israeli), Identity.objects.get(user=taiwanese).updated_at) == ("039337423", before)
    with pytest.raises(errors.IdNumberTaken):
        identity.submit(user=make.customer(), details=make.personal_data(nationality="IL", id_number="39337423"))
    assert run() == (0, "0 of 1 numbers written anew, 0 held by two customers\n")


@pytest.mark.django_db
def test_two_customers_of_one_number_are_told_to_the_officers_and_left_to_them() -> None:
    first = typed_before("CL", "CL125319092")
    second = typed_before("CL", "0125319092")
    code, said = run()
    assert (code, said.splitlines()[-1]) == (1, "1 of 2 numbers written anew, 1 held by two customers")
    assert str(second.uid) in said
    assert (number_of(first), number_of(second)) == ("125319092", "0125319092")
    record = AuditRecord.objects.get(act="kyc.id_number_contested")
    assert (record.actor, record.subject) == (second, f"kyc.customer:{first.uid}")


def test_a_number_without_a_spelling_of_its_own_stays_as_it_is() -> None:
    assert set(id_numbers.RULES) >= respelling.KINDS
    assert id_numbers.checked("0012345674", id_type="national_id", issuer="JP") == "0012345674"
