"""Prices on bitgin. Source: bitgin: All tickers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from config.dialects.bitgin.dialect import BitginView
from config.kit.fields import ExactNumberField
from config.kit.operations import Call, Needs, operation
from wallet.services.rates import tickers
from wallet.services.rates.tickers import Ticker

QUOTE = "TWD"
"""The unit of every price. Source: bitgin: All tickers, Response."""


class TickerOutput(serializers.Serializer[Any]):
    """A pair; null is what nobody knows."""

    baseCurrency = serializers.CharField(source="base")
    quoteCurrency = serializers.CharField(source="quote")
    changePricePercent = ExactNumberField(source="change_percent", allow_null=True, help_text="against 24 hours ago")
    lastPrice = ExactNumberField(source="price", allow_null=True, help_text="in TWD")


class AllTickers(BitginView):
    """GET /v1/allTickers. Source: bitgin: All tickers; gaps.md, bitgin, "allTickers"."""

    @operation(needs=Needs(login=False), output=TickerOutput, many=True, rate="15/s", summary="List the prices")
    def get(self, call: Call) -> Sequence[Ticker]:
        """Every coin in TWD."""
        return tickers.against(QUOTE)
