"""The markets that a customer keeps at hand, in an order of the customer's own.

Every write holds the customer's row, so that of two at the same time one comes after the other: no place is taken twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from accounts.errors import FavouriteInvalid, FavouriteTwice, TooManyFavourites
from accounts.models import Favourite, User
from config.kit.clock import now
from config.kit.ids import read_public_id

FAVOURITES_MAX = 200
SYMBOL = re.compile(r"[A-Z0-9._/-]{1,32}", re.ASCII)
EXCHANGE = re.compile(r"[A-Za-z0-9._-]{0,32}", re.ASCII)


@dataclass(frozen=True, order=True)
class Market:
    """What is kept: a symbol, of an exchange where there is more than one."""

    symbol: str
    exchange: str = ""


def listed(user: User) -> Sequence[Favourite]:
    """The customer's markets in their order."""
    return list(Favourite.objects.filter(user=user).order_by("position"))


def add(*, user: User, market: Market) -> tuple[Favourite, bool]:
    """Put the market at the end, and whether it is new; one that is there stays where it is.

    Raises FavouriteInvalid, TooManyFavourites.
    """
    _check(market)
    with _alone(user):
        mine = Favourite.objects.filter(user=user)
        known = mine.filter(symbol=market.symbol, exchange=market.exchange).first()
        if known is not None:
            return known, False
        if mine.count() >= FAVOURITES_MAX:
            raise TooManyFavourites(maximum=FAVOURITES_MAX)
        last = mine.aggregate(last=Max("position"))["last"]
        made = Favourite.objects.create(
            user=user,
            symbol=market.symbol,
            exchange=market.exchange,
            position=0 if last is None else last + 1,
            created_at=now(),
        )
    return made, True


def remove(*, user: User, public_id: object) -> bool:
    """Take a market away by its id; False where it is not (or no longer) one of the customer's."""
    number = read_public_id(public_id)
    with _alone(user):
        return bool(number is not None and Favourite.objects.filter(user=user, public_id=number).delete()[0])


def remove_market(*, user: User, market: Market) -> bool:
    """Take a market away by its name; False where it is not there."""
    with _alone(user):
        found = Favourite.objects.filter(user=user, symbol=market.symbol, exchange=market.exchange)
        return bool(found.delete()[0])


def replace(*, user: User, markets: Sequence[Market]) -> Sequence[Favourite]:
    """Make the list exactly this one, in this order. Markets that stay keep their ids.

    Raises FavouriteInvalid, FavouriteTwice, TooManyFavourites; nothing is changed then.
    """
    if len(markets) > FAVOURITES_MAX:
        raise TooManyFavourites(maximum=FAVOURITES_MAX)
    seen: set[Market] = set()
    for market in markets:
        _check(market)
        if market in seen:
            raise FavouriteTwice(symbol=market.symbol)
        seen.add(market)
    moment = now()
    with _alone(user):
        known = {Market(row.symbol, row.exchange): row for row in Favourite.objects.filter(user=user)}
        gone = [row.pk for market, row in known.items() if market not in seen]
        Favourite.objects.filter(pk__in=gone).delete()
        fresh, moved = [], []
        for position, market in enumerate(markets):
            row = known.get(market)
            if row is None:
                fresh.append(
                    Favourite(user=user, symbol=market.symbol, exchange=market.exchange, position=position, created_at=moment)
                )
            elif row.position != position:
                row.position = position
                moved.append(row)
        Favourite.objects.bulk_update(moved, ["position"])
        Favourite.objects.bulk_create(fresh)
        return listed(user)


@contextmanager
def _alone(user: User) -> Iterator[None]:
    """One write of this customer's list at a time; the order is unique when the transaction ends."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
        yield


def _check(market: Market) -> None:
    if not SYMBOL.fullmatch(market.symbol) or not EXCHANGE.fullmatch(market.exchange):
        raise FavouriteInvalid
