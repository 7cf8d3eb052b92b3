"""Markets that the customer keeps at hand, on bhex. Source: bhex: 创建自选, 取消自选 (twice; the second is the list)."""

from __future__ import annotations

import re
from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.models import Favourite
from accounts.services import favourites
from accounts.services.favourites import EXCHANGE, SYMBOL, Market
from config.dialects.bhex.dialect import BhexView
from config.dialects.bhex.fields import as_text
from config.dialects.bhex.success import SUCCESS, SuccessOutput
from config.kit.fields import Text
from config.kit.operations import Call, Needs, operation

NAME_LENGTH_MAX = 32


class Name(Text):
    """A name or a number, as text or not, of the form that we keep."""

    def __init__(self, form: re.Pattern[str], **kwargs: Any) -> None:
        super().__init__(**{"max_length": NAME_LENGTH_MAX, **kwargs})
        self.form = form

    def to_internal_value(self, data: Any) -> str:
        """The text."""
        text = super().to_internal_value(as_text(data))
        if not self.form.fullmatch(text) or text.startswith("-"):
            self.fail("invalid")
        return text


class MarketInput(serializers.Serializer[Any]):
    """A market: the document calls `symbol_id` a number and shows a name; either is kept as it comes."""

    exchange_id = Name(EXCHANGE)
    symbol_id = Name(SYMBOL)


class FavouriteOutput(serializers.Serializer[Any]):
    """A market that the customer keeps at hand."""

    id = serializers.CharField(source="public_id")
    exchangeId = serializers.CharField(source="exchange")
    symbolId = serializers.CharField(source="symbol")


def market_of(call: Call) -> Market:
    """The market that the request names."""
    return Market(symbol=call.input["symbol_id"], exchange=call.input["exchange_id"])


class Create(BhexView):
    """POST /api/user/favorite/create. Source: bhex: 创建自选."""

    @operation(
        needs=Needs(),
        input=MarketInput,
        output=SuccessOutput,
        rate="120/m",
        summary="Keep a market",
        refusals=(errors.FavouriteInvalid, errors.TooManyFavourites),
    )
    def post(self, call: Call) -> dict[str, bool]:
        """It is kept; one that was there stays at its place."""
        favourites.add(user=call.user, market=market_of(call))
        return SUCCESS


class Cancel(BhexView):
    """POST /api/user/favorite/cancel. Source: bhex: 取消自选."""

    @operation(needs=Needs(), input=MarketInput, output=SuccessOutput, rate="120/m", summary="Let a market go")
    def post(self, call: Call) -> dict[str, bool]:
        """It is gone, whether it was there or not."""
        favourites.remove_market(user=call.user, market=market_of(call))
        return SUCCESS


class List(BhexView):
    """POST|GET /api/user/favorite/list. Source: bhex: 取消自选, the second; gaps.md, bhex: the list answers GET too."""

    @operation(needs=Needs(), output=FavouriteOutput, many=True, rate="120/m", summary="List the markets (GET)")
    def get(self, call: Call) -> list[Favourite]:
        """In the customer's order."""
        return list(favourites.listed(call.user))

    @operation(needs=Needs(), output=FavouriteOutput, many=True, rate="120/m", summary="List the markets")
    def post(self, call: Call) -> list[Favourite]:
        """In the customer's order."""
        return list(favourites.listed(call.user))
