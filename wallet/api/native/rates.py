"""Rates on the native dialect."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from config.dialects.native.dialect import NativeView
from config.kit.fields import AmountField, Text, TimestampField
from config.kit.operations import Call, Needs, operation
from wallet import errors
from wallet.models.coins import CODE_CHARACTERS_MAX
from wallet.services.rates import reads, valuing
from wallet.services.rates.reads import RateView
from wallet.services.rates.valuing import Value


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


class ValueQuery(serializers.Serializer[dict[str, Any]]):
    """In which coin."""

    coin = Text(max_length=CODE_CHARACTERS_MAX, required=False, help_text="where left out, the coin that prices are made over")


class ValueOutput(serializers.Serializer[Value]):
    """What everything is worth, rounded down; nothing is exchanged at it."""

    coin = serializers.CharField()
    total = AmountField()
    taken_at = TimestampField(allow_null=True, help_text="of the oldest price; null where none was needed")
    is_stale = serializers.BooleanField(help_text="whether a price is too old to convert at")
    without_rate = serializers.ListField(child=serializers.CharField(), help_text="coins that are not in the total")


class BalancesValue(NativeView):
    """`/api/v1/balances/value`: what the customer's balances are worth in one coin."""

    @operation(
        needs=Needs(scope="read"),
        query=ValueQuery,
        output=ValueOutput,
        refusals=(errors.UnknownCoin,),
        rate="60/m",
        summary="Read what the balances are worth",
    )
    def get(self, call: Call) -> Value:
        """Available, held and futures together."""
        return valuing.value_of(call.user, coin=call.query.get("coin"))


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
