"""The list of countries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from accounts.models import Country
from accounts.services import countries
from config.dialects.native.dialect import NativeView
from config.kit.operations import Answer, Call, Needs, operation

CACHE_SECONDS = 300


class NamesOutput(serializers.Serializer[Any]):
    """The name in each of our languages."""

    en = serializers.CharField(source="name_en")
    zh_cn = serializers.CharField(source="name_zh_cn")
    zh_tw = serializers.CharField(source="name_zh_tw")

    def get_fields(self) -> dict[str, Any]:
        """Language tags as the names of the fields."""
        tags = {"en": "en", "zh_cn": "zh-CN", "zh_tw": "zh-TW"}
        return {tags[name]: field for name, field in super().get_fields().items()}


class CountryOutput(serializers.Serializer[Any]):
    """One country."""

    alpha2 = serializers.CharField()
    alpha3 = serializers.CharField()
    numeric = serializers.CharField()
    phone_area = serializers.CharField(help_text="Without +; empty where the territory has none.")
    names = NamesOutput(source="*")
    can_register = serializers.BooleanField()


class CountriesOutput(serializers.Serializer[Any]):
    """All of them; there is no second page."""

    results = CountryOutput(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class Countries(NativeView):
    """`GET /api/v1/countries`: all countries with phone areas and names."""

    @operation(needs=Needs(login=False), output=CountriesOutput, summary="List the countries")
    def get(self, call: Call) -> Answer:
        """In alphabetical order of the English names."""
        rows: Sequence[Country] = list(countries.listed())
        body = {"results": rows, "next": None, "previous": None}
        return Answer(body, headers={"Cache-Control": f"public, max-age={CACHE_SECONDS}"})
