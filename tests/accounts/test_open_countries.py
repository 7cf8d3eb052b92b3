"""Countries are opened and closed by officers and operators, with a reason, and keep it when the list is loaded again."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts import errors
from accounts.models import AuditRecord, Country
from accounts.services import countries, names
from tests.client import Api
from tests.factories_around import act

pytestmark = pytest.mark.django_db


def test_the_list_is_in_the_order_of_the_english_names_with_numbers_and_areas(api: Api) -> None:
    rows = api.get("/api/v1/countries").json()["results"]
    assert [row["alpha2"] for row in rows] == list(Country.objects.order_by("sort").values_list("alpha2", flat=True))
    taiwan = next(row for row in rows if row["alpha2"] == "TW")
    assert (taiwan["numeric"], taiwan["alpha3"], taiwan["phone_area"], taiwan["can_register"]) == ("158", "TWN", "886", True)
    assert len(rows) == len({row["numeric"] for row in rows}) == 249


def test_a_closed_country_opens_no_accounts_until_it_is_opened_again() -> None:
    countries.open_to(alpha2="tw", is_open=False, act=act("compliance", reason="new rules"))
    with pytest.raises(errors.PhoneCountryClosed):
        names.check_phone_country("+886912345678")
    written = AuditRecord.objects.get(act="accounts.country_closed")
    assert (written.subject, written.reason) == ("accounts.country:TW", "new rules")
    call_command("load_countries", verbosity=0)
    assert not Country.objects.get(alpha2="TW").can_register
    countries.open_to(alpha2="TW", is_open=True, act=act("compliance"))
    names.check_phone_country("+886912345678")
    assert AuditRecord.objects.filter(act="accounts.country_opened").count() == 1


def test_opening_what_is_open_is_no_act() -> None:
    countries.open_to(alpha2="TW", is_open=True, act=act("compliance"))
    assert not AuditRecord.objects.filter(act__startswith="accounts.country").exists()


def test_who_may_not_closes_nothing() -> None:
    with pytest.raises(errors.NotAnOfficer):
        countries.open_to(alpha2="TW", is_open=False, act=act("treasury"))
    with pytest.raises(errors.ReasonDue):
        countries.open_to(alpha2="TW", is_open=False, act=act("compliance", reason=""))
    for code in ("XX", "", "TWN", "T"):
        with pytest.raises(errors.CountryUnknown):
            countries.open_to(alpha2=code, is_open=False, act=act("compliance"))
    assert Country.objects.get(alpha2="TW").can_register


def test_a_territory_without_phones_can_not_be_opened() -> None:
    bare = Country.objects.filter(phone_area="").first()
    assert bare is not None
    with pytest.raises(errors.CountryWithoutPhones):
        countries.open_to(alpha2=bare.alpha2, is_open=True, act=act("compliance"))


def test_the_console_closes_and_opens() -> None:
    told = StringIO()
    call_command("close_country", "TW", by="ops", reason="order 7", stdout=told)
    call_command("open_country", "TW", by="ops", reason="order 8", stdout=told)
    assert told.getvalue() == "Taiwan (TW): closed\nTaiwan (TW): open\n"
    assert list(AuditRecord.objects.order_by("id").values_list("act", "facts__by")) == [
        ("accounts.country_closed", "ops"),
        ("accounts.country_opened", "ops"),
    ]
    with pytest.raises(CommandError):
        call_command("close_country", "XX", by="ops", reason="order 9")


def test_a_country_is_found_by_each_of_its_codes_and_named_in_the_language() -> None:
    assert {countries.find(code).alpha2 for code in ("CN", "cn", "CHN", "156", " 156 ")} == {"CN"}
    assert countries.find("8").alpha2 == "AL"
    for code in ("", "XX", "0156", "China", "１５６", "-1"):
        with pytest.raises(errors.CountryUnknown):
            countries.find(code)
    assert [countries.name_of("CN", language) for language in ("en", "zh-CN", "zh-TW", "fr")] == [
        "China",
        "中国",
        "中國",
        "China",
    ]
    assert countries.name_of("XX", "en") == "XX"
