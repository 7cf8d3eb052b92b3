"""Rates on the native dialect."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from config.dialects.native.dialect import NativeView
from config.kit.fields import AmountField, Text, TimestampField
from config.kit.operations import Call, Needs, operation
from wallet import errors
from wallet.models.coins import CODE_CHARACTERS_MAX
from wallet.services.rates import reads
from wallet.services.rates.reads import RateView


class RateOutput(serializers.Serializer[RateView]):
    """The price of one unit of `base` in units of `quote`."""

    base = serializers.CharField()
    quote = serializers.CharField()
    price = AmountField()
    change_percent = AmountField(allow_null=True, help_text="against 24 hours ago, in percent; null where unknown")
    source = serializers.CharField(help_text="who told it")  # type: ignore[assignment]  # the wire's word; DRF's source is unused
    taken_at = TimestampField()
    is_stale = serializers.BooleanField(help_text="too old to convert at")


class RatesOutput(serializers.Serializer[dict[str, Any]]):
    """Every price; never more than one page."""

    results = RateOutput(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class RatesQuery(serializers.Serializer[dict[str, Any]]):
    """What narrows the rates."""

    base = Text(max_length=CODE_CHARACTERS_MAX, required=False)
    quote = Text(max_length=CODE_CHARACTERS_MAX, required=False)


class Rates(NativeView):
    """`/api/v1/rates`: what coins are worth in each other."""

    @operation(
        needs=Needs(login=False),
        query=RatesQuery,
        output=RatesOutput,
        refusals=(errors.UnknownCoin,),
        summary="List rates",
    )
    def get(self, call: Call) -> object:
        """All of them, in the order of lists; or those of a base or quote."""
        return {"results": reads.listed(**call.query), "next": None, "previous": None}
