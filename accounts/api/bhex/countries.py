"""The list of countries on bhex. Source: gaps.md, bhex, "Also served"; the names are those of its web client."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from accounts.models import Country
from accounts.services import countries
from config.dialects.bhex.dialect import BhexView
from config.kit.operations import Call, Needs, operation

NAMES = {"zh-CN": "name_zh_cn", "zh-TW": "name_zh_tw"}


class CountryOutput(serializers.Serializer[Any]):
    """One country, in the language of who asks."""

    id = serializers.CharField(help_text="The number of ISO 3166-1")
    nationalCode = serializers.CharField(allow_blank=True, help_text="Calling code without +; empty where there is none")
    shortName = serializers.CharField(help_text="The two letters of ISO 3166-1")
    countryName = serializers.CharField()
    indexName = serializers.CharField(help_text="The first letter of the English name")
    customOrder = serializers.IntegerField()


class Countries(BhexView):
    """GET /api/basic/countries, /s_api/basic/countries. Source: gaps.md, bhex, "Also served"."""

    @operation(needs=Needs(login=False), output=CountryOutput, many=True, summary="List the countries")
    def get(self, call: Call) -> Sequence[dict[str, Any]]:
        """All of them, in the order of the English names."""
        name = NAMES.get(call.language, "name_en")
        return [shown(country, getattr(country, name)) for country in countries.listed()]


def shown(country: Country, name: str) -> dict[str, Any]:
    """In the words of the web client."""
    return {
        "id": str(int(country.numeric)),
        "nationalCode": country.phone_area,
        "shortName": country.alpha2,
        "countryName": name,
        "indexName": country.name_en[:1],
        "customOrder": country.sort,
    }
