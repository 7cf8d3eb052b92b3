"""The markets that a customer keeps at hand."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.models import Favourite
from accounts.services import favourites
from accounts.services.favourites import FAVOURITES_MAX, Market
from config.dialects.native.dialect import NativeView
from config.kit.fields import PublicId, Text, TimestampField
from config.kit.operations import Answer, Call, Needs, operation


class FavouriteInput(serializers.Serializer[Any]):
    """A market, of an exchange where there is more than one."""

    symbol = Text(max_length=32)
    exchange = Text(max_length=32, required=False, allow_blank=True, default="")


class FavouritesInput(serializers.Serializer[Any]):
    """The whole list, in its order."""

    favourites = serializers.ListField(child=FavouriteInput(), max_length=FAVOURITES_MAX)


class FavouriteOutput(serializers.Serializer[Favourite]):
    """One market at its place."""

    id = PublicId(source="public_id")
    symbol = serializers.CharField()
    exchange = serializers.CharField()
    position = serializers.IntegerField()
    created_at = TimestampField()


class FavouritesOutput(serializers.Serializer[Any]):
    """All of them; there is no second page."""

    results = FavouriteOutput(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class Favourites(NativeView):
    """`GET|PUT|POST /api/v1/me/favourites`: read the list, replace it, add to its end."""

    @operation(needs=Needs(scope="read"), output=FavouritesOutput, summary="List the favourites")
    def get(self, call: Call) -> object:
        """In the customer's order."""
        return _page(favourites.listed(call.user))

    @operation(
        needs=Needs(),
        input=FavouritesInput,
        output=FavouritesOutput,
        refusals=(errors.FavouriteInvalid, errors.FavouriteTwice, errors.TooManyFavourites),
        rate="60/m",
        summary="Replace the favourites",
    )
    def put(self, call: Call) -> object:
        """Exactly this list, in this order; what stays keeps its id."""
        wanted = [Market(**one) for one in call.input["favourites"]]
        return _page(favourites.replace(user=call.user, markets=wanted))

    @operation(
        needs=Needs(),
        input=FavouriteInput,
        output=FavouriteOutput,
        status=201,
        also={200: FavouriteOutput},
        refusals=(errors.FavouriteInvalid, errors.TooManyFavourites),
        rate="120/m",
        summary="Add a favourite",
    )
    def post(self, call: Call) -> Answer:
        """201 at the end of the list, or 200 with the one that was there, at its place."""
        made, is_new = favourites.add(user=call.user, market=Market(**call.input))
        return Answer(made) if is_new else Answer(made, status=200)


class FavouriteById(NativeView):
    """`DELETE /api/v1/me/favourites/{id}`: take a market away; again changes nothing."""

    @operation(needs=Needs(), status=204, rate="120/m", summary="Remove a favourite")
    def delete(self, call: Call) -> None:
        """It is gone, whether it was there or not."""
        favourites.remove(user=call.user, public_id=call.path["id"])


def _page(rows: object) -> dict[str, object]:
    return {"results": rows, "next": None, "previous": None}
