"""Customers with money who have opened futures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from accounts.models import User
from tests.wallet.withdrawals.arrange import customer, fund
from wallet.models import Coin
from wallet.models.funds_transfers import Direction
from wallet.services import balances, futures
from wallet.services.funds_transfers import moving
from wallet.services.funds_transfers.moving import Moved

INTO, HOME = Direction.SPOT_TO_FUTURES, Direction.FUTURES_TO_SPOT


def trader(funds: str = "1000", *, is_open: bool = True) -> User:
    """A customer of level 2 with that much USDT, futures opened."""
    user = customer(funds="0")
    fund(user, funds, coin="USDT")
    if is_open:
        futures.open_for(user=user)
    return user


def move(user: User, amount: Any = "100", *, direction: Direction = INTO, coin: str = "USDT", **more: Any) -> Moved:
    """Move the amount."""
    return moving.move(customer=user, direction=direction, coin=coin, amount=amount, **more)


def wallets(user: User, coin: str = "USDT") -> tuple[Decimal, Decimal]:
    """What is available in spot and in futures."""
    own = balances.of_coin(user, Coin.objects.get(code=coin))
    return own.available, own.futures_available
