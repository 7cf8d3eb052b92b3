"""The list of countries, from ISO 3166-1 (pycountry), CLDR names (babel) and numbering plans (phonenumbers)."""

from __future__ import annotations

from collections.abc import Callable

import phonenumbers
import pycountry
from babel import Locale
from django.db import transaction
from django.db.models import QuerySet

from accounts.errors import CountryUnknown, CountryWithoutPhones
from accounts.models import Country
from accounts.services.officers import Act

ROLES = ("compliance",)
"""Officers who may open and close countries."""


def listed() -> QuerySet[Country]:
    """All countries in the order of the list."""
    return Country.objects.order_by("sort", "alpha2")


def find(code: str) -> Country:
    """The country of an ISO 3166-1 code: two letters, three letters, or the number. Raises CountryUnknown."""
    said = code.strip().upper()
    by = {"numeric": said.zfill(3)} if said.isdecimal() else {"alpha3" if len(said) == 3 else "alpha2": said}
    found = Country.objects.filter(**by).first() if said.isascii() and len(said) <= 3 else None
    if found is None:
        raise CountryUnknown(country=code.strip()[:16])
    return found


def name_of(alpha2: str, language: str) -> str:
    """What the country is called in the language (`en`, `zh-CN`, `zh-TW`); the code where we don't know the country."""
    country = Country.objects.filter(alpha2=alpha2).first()
    if country is None:
        return alpha2
    return {"zh-CN": country.name_zh_cn, "zh-TW": country.name_zh_tw}.get(language, country.name_en)


def load(step: Callable[[], None] = lambda: None) -> int:
    """Write all countries; how many there are. Doing it again changes nothing but names that CLDR changed.

    `can_register` of a country that is known stays as staff chose it. `step` is called after each country.
    """
    english, simplified, traditional = Locale("en"), Locale("zh", script="Hans"), Locale("zh", script="Hant")
    known = set(Country.objects.values_list("alpha2", flat=True))
    named = sorted(pycountry.countries, key=lambda entry: _name(english, entry.alpha_2, entry.name))
    rows = []
    for sort, entry in enumerate(named, start=1):
        area = phonenumbers.country_code_for_region(entry.alpha_2)
        rows.append(
            Country(
                alpha2=entry.alpha_2,
                alpha3=entry.alpha_3,
                numeric=entry.numeric,
                phone_area=str(area) if area else "",
                name_en=_name(english, entry.alpha_2, entry.name),
                name_zh_cn=_name(simplified, entry.alpha_2, entry.name),
                name_zh_tw=_name(traditional, entry.alpha_2, entry.name),
                can_register=bool(area),
                sort=sort,
            )
        )
        step()
    written = ["alpha3", "numeric", "phone_area", "name_en", "name_zh_cn", "name_zh_tw", "sort"]
    with transaction.atomic():
        Country.objects.bulk_create([row for row in rows if row.alpha2 not in known])
        Country.objects.bulk_update([row for row in rows if row.alpha2 in known], written)
    return len(rows)


def open_to(*, alpha2: str, is_open: bool, act: Act) -> Country:
    """Let phones of the country open accounts from now on, or no more. Accounts that exist are not touched.

    Opening what is open is no act. Raises ReasonDue, NotAnOfficer, CountryUnknown, CountryWithoutPhones.
    """
    act.require(*ROLES)
    code = alpha2.strip().upper()[:2]
    with transaction.atomic():
        country = Country.objects.select_for_update().filter(alpha2=code).first() if len(alpha2.strip()) == 2 else None
        if country is None:
            raise CountryUnknown(country=alpha2.strip()[:16])
        if is_open and not country.phone_area:
            raise CountryWithoutPhones(country=country.alpha2)
        if country.can_register == is_open:
            return country
        country.can_register = is_open
        country.save(update_fields=["can_register"])
        act.record(
            act="accounts.country_opened" if is_open else "accounts.country_closed",
            subject=f"accounts.country:{country.alpha2}",
            facts={"name": country.name_en},
        )
    return country


def _name(locale: Locale, alpha2: str, otherwise: str) -> str:
    return str(locale.territories.get(alpha2) or otherwise)
